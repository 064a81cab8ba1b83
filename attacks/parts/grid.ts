import type { Random } from '../../src/core/random.ts';

/** An example seen as an image: [height, width, channels], row-major. A table's columns are one row of pixels. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface Window {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

export function gridOf(shape: readonly number[]): Grid {
  const [height = 1, width = 1, channels = 1] = shape.length === 2 || shape.length === 3 ? shape : [1, shape.reduce((a, b) => a * b, 1)];
  return { height, width, channels };
}

/** What a window may be. */
interface Sides {
  readonly least: number;
  /** An odd number of pixels high and wide. */
  readonly odd: boolean;
}

const anySides: Sides = { least: 1, odd: false };

/** A square over this share of the pixels, cut to the image; of an image of few rows or columns, a longer rectangle. */
export function randomWindow(grid: Grid, share: number, random: Random, sides = anySides): Window {
  const { height, width } = grid;
  const side = sideOf(Math.sqrt(share * height * width), sides);
  const rows = Math.min(side, height);
  const columns = Math.min(rows === side ? side : sideOf((share * height * width) / rows, sides), width);
  return placed(grid, rows, columns, random);
}

function sideOf(pixels: number, { least, odd }: Sides): number {
  const side = Math.max(Math.round(pixels), least);
  return odd && side % 2 === 0 ? side + 1 : side;
}

/** A window of this size, anywhere in the image. */
export function placed({ height, width }: Grid, rows: number, columns: number, random: Random): Window {
  return { row: random.integer(height - rows + 1), column: random.integer(width - columns + 1), rows, columns };
}

/** Five by five windows in the middle of the image, as large as fit; more where that leaves room for more. */
export function* tiles({ height, width }: Grid): Generator<Window> {
  const [rows, columns] = [Math.max(1, Math.floor(height / 5)), Math.max(1, Math.floor(width / 5))];
  const margin = (pixels: number, tile: number) => Math.max(0, Math.floor((pixels - 5 * tile) / 2));
  for (let row = margin(height, rows); row + rows <= height; row += rows) {
    for (let column = margin(width, columns); column + columns <= width; column += columns) yield { row, column, rows, columns };
  }
}

/** Where the values of one row of a window start, and how many they are. */
export function segment({ width, channels }: Grid, { row, column, columns }: Window, k: number): readonly [start: number, length: number] {
  return [((row + k) * width + column) * channels, columns * channels];
}

/** Values under a window, to be put back. */
export class Saved {
  private readonly grid: Grid;
  private readonly values: Float32Array;
  private window: Window = { row: 0, column: 0, rows: 0, columns: 0 };

  constructor(grid: Grid) {
    this.grid = grid;
    this.values = new Float32Array(grid.height * grid.width * grid.channels);
  }

  save(point: Float32Array, window: Window): void {
    this.window = window;
    this.copy(point, this.values);
  }

  restore(point: Float32Array): void {
    this.copy(this.values, point);
  }

  private copy(from: Float32Array, to: Float32Array): void {
    for (let k = 0; k < this.window.rows; k++) {
      const [start, length] = segment(this.grid, this.window, k);
      for (let i = start; i < start + length; i++) to[i] = from[i] as number;
    }
  }
}
