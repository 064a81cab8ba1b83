import { text } from './attributes.ts';
import { range } from './broadcast.ts';
import type { Attributes } from './ir.ts';

type Coordinate = (i: number, size: number, out: number) => number;

/** ONNX's coordinate_transformation_mode: where output cell i lies on the input's axis. */
const coordinates: Record<string, Coordinate> = {
  asymmetric: (i, size, out) => (i * size) / out,
  half_pixel: (i, size, out) => ((i + 0.5) * size) / out - 0.5,
  pytorch_half_pixel: (i, size, out) => (out > 1 ? ((i + 0.5) * size) / out - 0.5 : 0),
  align_corners: (i, size, out) => (out > 1 ? (i * (size - 1)) / (out - 1) : 0),
};

/** ONNX's nearest_mode. */
const rounding: Record<string, (at: number) => number> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
};

function choice<T>(table: Readonly<Record<string, T>>, key: string): T {
  const found = table[key];
  if (!found) throw new Error(`Resize: unknown mode ${key}`);
  return found;
}

/** The matrix [out, size] that ONNX's Resize (nearest or linear) applies along one axis. */
export function interpolation(attributes: Attributes, size: number, out: number): Float32Array {
  const at = choice(coordinates, text(attributes, 'coordinate_transformation_mode', 'half_pixel'));
  const nearest = choice(rounding, text(attributes, 'nearest_mode', 'round_prefer_floor'));
  const inside = (i: number): number => Math.min(size - 1, Math.max(0, i));
  const weights: Record<string, (i: number) => readonly (readonly [cell: number, weight: number])[]> = {
    nearest: (i) => [[inside(nearest(at(i, size, out))), 1]],
    linear: (i) => {
      const place = inside(at(i, size, out));
      const [cell, part] = [Math.floor(place), place % 1];
      return [
        [cell, 1 - part],
        [inside(cell + 1), part],
      ];
    },
  };
  const row = choice(weights, text(attributes, 'mode'));
  const matrix = new Float32Array(out * size);
  for (const i of range(0, out))
    for (const [cell, weight] of row(i)) matrix[i * size + cell] = (matrix[i * size + cell] as number) + weight;
  return matrix;
}
