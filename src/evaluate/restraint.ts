import { boxAround } from '../core/ball.ts';
import type { Bounds } from '../core/bounds.ts';
import type { Columns } from '../core/dataset.ts';
import type { Norm } from '../core/norms.ts';
import { toWholeNumbers } from './wholeNumbers.ts';

/** What the columns of a table demand of every point around one example. */
export interface Restraint {
  /** The box around x: no room in immutable columns, and in those of whole numbers only what epsilon reaches. */
  readonly bounds: Box;
  /** Brings a point onto what the columns allow. One within the budget stays within it. */
  readonly snap: (point: Float32Array) => void;
  /** Nothing pulls where there is no room, so that no step is spent there. */
  readonly hold: (gradient: Float32Array) => void;
}

interface Box {
  readonly lower: Float32Array;
  readonly upper: Float32Array;
}

interface Surroundings {
  readonly x: Float32Array;
  readonly norm: Norm;
  readonly epsilon: number;
  readonly bounds: Bounds;
}

export function restraintOf(around: Surroundings, columns: Pick<Columns, 'immutable' | 'integer'>): Restraint {
  const box = boxWithin(around, columns);
  const whole = flagged(columns.integer);
  const held = flagged(columns.immutable);
  return {
    bounds: box,
    snap: (point) => {
      clip(point, box, held);
      clip(point, box, whole);
      toWholeNumbers[around.norm](point, around, whole);
    },
    hold: (gradient) => {
      for (let i = 0; i < gradient.length; i++) if (box.lower[i] === box.upper[i]) gradient[i] = 0;
    },
  };
}

/** No norm but L0 lets a single coordinate move farther than epsilon. */
function boxWithin({ x, norm, epsilon, bounds }: Surroundings, { immutable, integer }: Pick<Columns, 'immutable' | 'integer'>): Box {
  const box = boxAround(x, bounds);
  const reach = norm === 'l0' ? Infinity : Math.floor(epsilon);
  for (let i = 0; i < x.length; i++) {
    const value = x[i] as number;
    if (integer[i] === 1) {
      box.lower[i] = Math.min(value, Math.max(Math.ceil(box.lower[i] as number), value - reach));
      box.upper[i] = Math.max(value, Math.min(Math.floor(box.upper[i] as number), value + reach));
    }
    if (immutable[i] === 1) box.lower[i] = box.upper[i] = value;
  }
  return box;
}

function flagged(flags: Uint8Array): number[] {
  return [...flags.keys()].filter((i) => flags[i] === 1);
}

function clip(point: Float32Array, { lower, upper }: Box, places: readonly number[]): void {
  for (const i of places) point[i] = Math.min(Math.max(point[i] as number, lower[i] as number), upper[i] as number);
}
