import type { Answer, Query } from '../../src/core/attack.ts';
import type { LabelBudget } from './labelBudget.ts';

/**
 * The decision boundary on a way of points: `far`, the way's end at `high`, fools the model, and its beginning, at 0,
 * need not. Halves what lies between until it is no longer than the tolerance; what is returned fools.
 */
export function* bisect(
  { at, far, high, tolerance }: { readonly at: (way: number) => Float32Array; readonly far: Float32Array; readonly high: number; readonly tolerance: number },
  budget: LabelBudget,
): Generator<Query, Float32Array, Answer> {
  let [found, low, end] = [far, 0, high];
  while (end - low > tolerance && budget.left > 0) {
    const middle = (low + end) / 2;
    const point = at(middle);
    if (yield* budget.fools(point)) [found, end] = [point, middle];
    else low = middle;
  }
  return found;
}
