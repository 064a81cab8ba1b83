import { distances } from '../core/norms.ts';
import type { Norm } from '../core/norms.ts';

/** Where a point comes from: x has whole numbers in the columns in question. */
interface Origin {
  readonly x: Float32Array;
  readonly norm: Norm;
  readonly epsilon: number;
}

/** Changes a point, which lies within the box, in the columns `whole`. One within epsilon of x stays within it. */
type ToWhole = (point: Float32Array, origin: Origin, whole: readonly number[]) => void;

/** How a point comes onto whole numbers. */
export const toWholeNumbers: Record<Norm, ToWhole> = {
  linf: roundEach,
  l0: roundEach,
  l1: (...given) => roundTogether(...given, { of: Math.abs, root: (sum) => sum }),
  l2: (...given) => roundTogether(...given, { of: (change) => change * change, root: Math.sqrt }),
};

/** Each to the nearest whole number: the box has whole limits, and what was x stays x. */
function roundEach(point: Float32Array, { x }: Origin, whole: readonly number[]): void {
  for (const i of whole) point[i] = (x[i] as number) + Math.round((point[i] as number) - (x[i] as number));
}

/** What a norm adds up over the coordinates, and how the sum becomes a length. */
interface Length {
  readonly of: (change: number) => number;
  readonly root: (sum: number) => number;
}

/** What float32 may have rounded off a point's length, where small changes meet large values. */
const roundingLoss = 0.01;

/**
 * All towards x first, then back outwards, the largest fraction first: to the nearest whole number as far as the budget
 * goes, and smaller fractions only as far as the point itself was from x. So many small changes become a few whole ones.
 */
function roundTogether(point: Float32Array, { x, norm, epsilon }: Origin, whole: readonly number[], { of, root }: Length): void {
  const length = distances(x, point)[norm];
  const most = Math.max(epsilon, length);
  const own = Math.min(most, length * (1 + roundingLoss));
  const cuts = whole.map((i) => cut(point, x, i)).filter(({ fraction }) => fraction > 0);
  cuts.sort((a, b) => b.fraction - a.fraction || a.i - b.i);
  let sum = point.reduce((total, value, i) => total + of(value - (x[i] as number)), 0);
  const moved: Cut[] = [];
  for (const one of cuts) {
    const grown = sum + of(one.kept + one.outwards) - of(one.kept);
    if (root(grown) > (one.fraction >= 0.5 ? most : own)) continue;
    point[one.i] = (x[one.i] as number) + one.kept + one.outwards;
    sum = grown;
    moved.push(one);
  }
  // The sum above may differ from the distance by rounding.
  for (let last = moved.pop(); last && distances(x, point)[norm] > most; last = moved.pop()) {
    point[last.i] = (x[last.i] as number) + last.kept;
  }
}

/** A change cut off at the whole number towards x. */
interface Cut {
  readonly i: number;
  readonly kept: number;
  readonly outwards: number;
  readonly fraction: number;
}

function cut(point: Float32Array, x: Float32Array, i: number): Cut {
  const centre = x[i] as number;
  const change = (point[i] as number) - centre;
  const kept = Math.trunc(change);
  point[i] = centre + kept;
  return { i, kept, outwards: Math.sign(change), fraction: Math.abs(change - kept) };
}
