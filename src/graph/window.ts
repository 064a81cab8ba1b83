import { int, ints } from './attributes.ts';
import { range, sizeOf, stridesOf, type Shape } from './broadcast.ts';
import type { Attributes } from './ir.ts';

/** The attributes of a convolution or pooling window, defaults filled in; one entry per spatial axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  readonly group: number;
}

/** `kernel`: the filter's spatial shape where it has one, else attribute `kernel_shape`. */
export function windowOf(attributes: Attributes, kernel: Shape = ints(attributes, 'kernel_shape')): Window {
  const ones = kernel.map(() => 1);
  const pads = ints(
    attributes,
    'pads',
    [...ones, ...ones].map(() => 0),
  );
  return {
    kernel,
    strides: ints(attributes, 'strides', ones),
    dilations: ints(attributes, 'dilations', ones),
    begins: pads.slice(0, kernel.length),
    ends: pads.slice(kernel.length),
    group: int(attributes, 'group', 1),
  };
}

/** Input cells that a window reaches over along one axis. */
export const reach = (window: Window, axis: number): number =>
  ((window.kernel[axis] as number) - 1) * (window.dilations[axis] as number) + 1;

/** Spatial shape of what the window leaves of `input`. */
export function slid(input: Shape, window: Window): number[] {
  return input.map((n, axis) => {
    const room = n + (window.begins[axis] as number) + (window.ends[axis] as number) - reach(window, axis);
    if (room < 0) throw new Error(`a window of ${reach(window, axis)} does not fit axis ${axis} of ${n}`);
    return Math.floor(room / (window.strides[axis] as number)) + 1;
  });
}

/** Spatial shape of what a transposed window makes of `input`. */
export function spread(input: Shape, window: Window, extra: readonly number[]): number[] {
  return input.map(
    (n, axis) =>
      (n - 1) * (window.strides[axis] as number) +
      reach(window, axis) +
      (extra[axis] as number) -
      (window.begins[axis] as number) -
      (window.ends[axis] as number),
  );
}

/** How many cells of each window, in each of the places `out`, lie on `input` or the given pads around it. */
export function cellsWithin(window: Window, input: Shape, out: Shape, around: Pick<Window, 'begins' | 'ends'>): Float32Array {
  const along = input.map((n, axis) =>
    range(0, out[axis] as number).map((place) => {
      const start = place * (window.strides[axis] as number) - (window.begins[axis] as number);
      const cells = range(0, window.kernel[axis] as number).map((i) => start + i * (window.dilations[axis] as number));
      return cells.filter((cell) => cell >= -(around.begins[axis] as number) && cell < n + (around.ends[axis] as number)).length;
    }),
  );
  const steps = stridesOf(out);
  const count = (i: number): number =>
    along.reduce((product, counts, axis) => product * (counts[Math.floor(i / (steps[axis] as number)) % counts.length] as number), 1);
  return Float32Array.from(range(0, sizeOf(out)), count);
}
