import type { Bounds } from './bounds.ts';
import { UserError } from './errors.ts';
import type { Norm } from './norms.ts';

/** Refuses a budget that allows nothing, or more than the whole box. */
export function checkEpsilon(norm: Norm, epsilon: number, bounds: Bounds, size: number): void {
  const most = diameter(norm, bounds, size);
  const whole = norm !== 'l0' || Number.isInteger(epsilon);
  if (whole && epsilon > 0 && epsilon <= most * (1 + 1e-6)) return;
  const expected =
    norm === 'l0'
      ? `a whole number from 1 to ${most}, the number of coordinates`
      : `a number > 0 and at most ${Number(most.toPrecision(6))}, the diameter of the box in ${norm}`;
  throw new UserError(`epsilon ${epsilon}: expected ${expected}`);
}

/** The greatest distance between two points of the box. */
export function diameter(norm: Norm, { lower, upper }: Bounds, size: number): number {
  const widths = Array.from({ length: size }, (_, i) => at(upper, i) - at(lower, i));
  return diameters[norm](widths);
}

const diameters: Record<Norm, (widths: readonly number[]) => number> = {
  linf: (widths) => widths.reduce((most, width) => Math.max(most, width), 0),
  l2: (widths) => Math.sqrt(widths.reduce((sum, width) => sum + width * width, 0)),
  l1: (widths) => widths.reduce((sum, width) => sum + width, 0),
  l0: (widths) => widths.length,
};

function at(bound: number | Float32Array, i: number): number {
  return typeof bound === 'number' ? bound : (bound[i] as number);
}
