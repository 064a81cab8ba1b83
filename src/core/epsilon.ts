import type { Bounds } from './bounds.ts';
import { UserError } from './errors.ts';
import type { Norm } from './norms.ts';

/** Refuses a budget that allows nothing, or more than the whole box. */
export function checkEpsilon(norm: Norm, epsilon: number, bounds: Bounds, size: number): void {
  const most = diameter(norm, bounds, size);
  if (epsilon > 0 && epsilon <= most * (1 + 1e-6)) return;
  const unit = norm === 'l0' ? 'the number of coordinates' : 'the diameter of the box';
  throw new UserError(`epsilon ${epsilon}: expected a number > 0 and at most ${Number(most.toPrecision(6))}, ${unit} in ${norm}`);
}

/** The greatest distance between two points of the box. */
export function diameter(norm: Norm, { lower, upper }: Bounds, size: number): number {
  const width = (i: number) => at(upper, i) - at(lower, i);
  const widths = Array.from({ length: size }, (_, i) => width(i));
  const measures: Record<Norm, () => number> = {
    linf: () => widths.reduce((most, w) => Math.max(most, w), 0),
    l2: () => Math.sqrt(widths.reduce((sum, w) => sum + w * w, 0)),
    l1: () => widths.reduce((sum, w) => sum + w, 0),
    l0: () => size,
  };
  return measures[norm]();
}

function at(bound: number | Float32Array, i: number): number {
  return typeof bound === 'number' ? bound : (bound[i] as number);
}
