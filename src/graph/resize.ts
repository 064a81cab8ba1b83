import { int, text } from './attributes.ts';
import { range } from './broadcast.ts';
import type { Attributes } from './ir.ts';

/** One axis: cells before and after, and how much longer it becomes. ONNX does not round `scale` to out / size. */
interface Axis {
  readonly size: number;
  readonly out: number;
  readonly scale: number;
}
type Coordinate = (i: number, axis: Axis) => number;

/** ONNX Runtime calculates places in float32: which cell is nearest may depend on it. */
const f = Math.fround;
const halfPixel: Coordinate = (i, { scale }) => f(f((i + 0.5) / scale) - 0.5);

/** ONNX's coordinate_transformation_mode: where output cell i lies on the input's axis. */
const coordinates: Record<string, Coordinate> = {
  asymmetric: (i, { scale }) => f(i / scale),
  half_pixel: halfPixel,
  half_pixel_symmetric: (i, axis) => {
    const whole = axis.out / (axis.scale * axis.size);
    return f((axis.size / 2) * (1 - whole) + halfPixel(i, axis));
  },
  pytorch_half_pixel: (i, axis) => (axis.out > 1 ? halfPixel(i, axis) : 0),
  tf_half_pixel_for_nn: (i, { scale }) => f((i + 0.5) / scale),
  align_corners: (i, { size, out }) => (out > 1 ? f((i * (size - 1)) / (out - 1)) : 0),
};

/** ONNX's nearest_mode. */
const rounding: Record<string, (at: number) => number> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
};

type Weighted = readonly (readonly [cell: number, weight: number])[];

/** ONNX's mode: which cells make up the value at a place, which may lie outside the axis, and how much of each. */
const kernels: Record<string, (at: number, axis: Axis, attributes: Attributes) => Weighted> = {
  nearest: (at, _, attributes) => [[choice(rounding, text(attributes, 'nearest_mode', 'round_prefer_floor'))(at), 1]],
  linear: (at, { size }) => {
    const place = Math.min(size - 1, Math.max(0, at));
    const cell = Math.floor(place);
    return [
      [cell, 1 - (place - cell)],
      [cell + 1, place - cell],
    ];
  },
  cubic: (at, { size }, attributes) => {
    const a = int(attributes, 'cubic_coeff_a', -0.75);
    const cell = Math.floor(at);
    const weighted = range(cell - 1, cell + 3).map((each) => [each, keys(Math.abs(at - each), a)] as const);
    if (!int(attributes, 'exclude_outside', 0)) return weighted;
    const inside = weighted.filter(([each]) => each >= 0 && each < size);
    const total = inside.reduce((sum, [, weight]) => sum + weight, 0);
    return inside.map(([each, weight]) => [each, weight / total] as const);
  },
};

/** Keys's cubic convolution kernel, 1981. */
function keys(t: number, a: number): number {
  if (t <= 1) return (a + 2) * t ** 3 - (a + 3) * t ** 2 + 1;
  return t < 2 ? a * t ** 3 - 5 * a * t ** 2 + 8 * a * t - 4 * a : 0;
}

function choice<T>(table: Readonly<Record<string, T>>, key: string): T {
  const found = Object.hasOwn(table, key) ? table[key] : undefined;
  if (!found) throw new Error(`mode ${key} is not supported`);
  return found;
}

/** The matrix [out, size] that ONNX's Resize applies along one axis. Cells outside repeat the outermost ones. */
export function interpolation(attributes: Attributes, size: number, out: number, scale = f(out / size)): Float32Array {
  const axis = { size, out, scale };
  const at = choice(coordinates, text(attributes, 'coordinate_transformation_mode', 'half_pixel'));
  const kernel = choice(kernels, text(attributes, 'mode'));
  const matrix = new Float32Array(out * size);
  for (const i of range(0, out))
    for (const [cell, weight] of kernel(at(i, axis), axis, attributes)) {
      const place = i * size + Math.min(size - 1, Math.max(0, cell));
      matrix[place] = (matrix[place] as number) + weight;
    }
  return matrix;
}
