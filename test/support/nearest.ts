import type { Norm } from '../../src/core/norms.ts';

interface Box {
  readonly lower: Float32Array;
  readonly upper: Float32Array;
}

/**
 * The Euclidean distance from a point to ball ∩ box in float64, by search alone: a price on the norm is bisected until
 * the budget is met, and for each price every coordinate is searched over its side of the box. L0 tries every set of
 * coordinates.
 */
export function nearestByBruteForce(norm: Norm, epsilon: number, x: Float32Array, box: Box, point: Float32Array): number {
  const given = { epsilon, x, point, low: (i: number) => box.lower[i]!, high: (i: number) => box.upper[i]! };
  const nearest = searches[norm](given);
  return Math.hypot(...nearest.map((value, i) => value - point[i]!));
}

interface Given {
  readonly epsilon: number;
  readonly x: Float32Array;
  readonly point: Float32Array;
  readonly low: (i: number) => number;
  readonly high: (i: number) => number;
}

const searches: Record<Norm, (given: Given) => number[]> = {
  linf: ({ epsilon, x, point, low, high }) =>
    Array.from(point, (wanted, i) => lowest((z) => (z - wanted) ** 2, Math.max(low(i), x[i]! - epsilon), Math.min(high(i), x[i]! + epsilon))),
  l2: (given) => byPrice(given, (d) => d * d, given.epsilon ** 2),
  l1: (given) => byPrice(given, Math.abs, given.epsilon),
  l0: bestSet,
};

function byPrice({ x, point, low, high }: Given, cost: (d: number) => number, budget: number): number[] {
  const at = (price: number) =>
    Array.from(point, (wanted, i) => lowest((z) => (z - wanted) ** 2 + price * cost(z - x[i]!), low(i), high(i)));
  const spent = (z: readonly number[]) => z.reduce((sum, value, i) => sum + cost(value - x[i]!), 0);
  if (spent(at(0)) <= budget) return at(0);
  let [cheap, dear] = [0, 1];
  while (spent(at(dear)) > budget) dear *= 2;
  for (let round = 0; round < 50; round++) {
    const price = (cheap + dear) / 2;
    if (spent(at(price)) > budget) cheap = price;
    else dear = price;
  }
  return at(dear);
}

/** The minimiser of a convex function on an interval. */
function lowest(f: (z: number) => number, low: number, high: number): number {
  for (let round = 0; round < 60; round++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (f(a) < f(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}

function bestSet({ epsilon, x, point, low, high }: Given): number[] {
  const clipped = Array.from(point, (value, i) => Math.min(Math.max(value, low(i)), high(i)));
  const distance = (z: readonly number[]) => Math.hypot(...z.map((value, i) => value - point[i]!));
  let best = Array.from(x);
  for (let set = 0; set < 2 ** x.length; set++) {
    const chosen = clipped.map((value, i) => ((set >> i) & 1 ? value : x[i]!));
    if (chosen.filter((_, i) => (set >> i) & 1).length <= epsilon && distance(chosen) < distance(best)) best = chosen;
  }
  return best;
}
