import { ballOf } from '../core/ball.ts';
import type { Bounds } from '../core/bounds.ts';
import type { Columns } from '../core/dataset.ts';
import { neighbour } from '../core/float32.ts';
import { distances } from '../core/norms.ts';
import type { Distances, Norm } from '../core/norms.ts';
import { restraintOf } from './restraint.ts';
import type { Restraint } from './restraint.ts';

/** The points that count: inside the box and, measured in float64, within epsilon of x. There is no tolerance. */
export interface Budget {
  readonly x: Float32Array;
  readonly norm: Norm;
  readonly epsilon: number;
  readonly bounds: Bounds;
  /** Tables whose columns are not all free: `bounds` are what it leaves around x. */
  readonly restraint?: Restraint;
}

/** The budget that the columns of a table leave. */
export function restrained(free: Budget, columns: Columns): Budget {
  const restraint = restraintOf(free, columns);
  return { ...free, bounds: restraint.bounds, restraint };
}

export function isWithin(point: Float32Array, budget: Budget): boolean {
  return !strays(point, budget) && inBox(point, budget) && distances(budget.x, point)[budget.norm] <= budget.epsilon;
}

/** Farther than epsilon at one coordinate already: most points that an attack on the smallest perturbation passes. */
function strays(point: Float32Array, { x, norm, epsilon }: Budget): boolean {
  if (norm === 'l0') return false;
  for (let i = 0; i < point.length; i++) if (Math.abs((point[i] as number) - (x[i] as number)) > epsilon) return true;
  return false;
}

/** A point within the budget, and how far from x it is. */
export interface Settled {
  readonly point: Float32Array;
  readonly distances: Distances;
}

/** Brings a point within the budget, and onto the whole numbers of columns that hold no others. */
export function settle(point: Float32Array, budget: Budget): Settled {
  const inside = bring(point, budget);
  if (!budget.restraint) return inside;
  const snapped = inside.point.slice();
  budget.restraint.snap(snapped);
  return { point: snapped, distances: distances(budget.x, snapped) };
}

/**
 * The point itself when it is within the budget; else a copy, projected and then moved towards x by single ulps until
 * float64 agrees: a projection may end a rounding error outside.
 */
function bring(point: Float32Array, budget: Budget): Settled {
  const given = { point, distances: distances(budget.x, point) };
  const boxed = inBox(point, budget);
  if (boxed && given.distances[budget.norm] <= budget.epsilon) return given;
  const inside = point.slice();
  if (!boxed || given.distances[budget.norm] > budget.epsilon * (1 + 1e-6)) ballOf(budget).project(inside);
  for (let ulps = 0; ulps < 64; ulps++) {
    if (isWithin(inside, budget)) return { point: inside, distances: distances(budget.x, inside) };
    stepTowards(inside, budget.x);
  }
  throw new Error(`the projection ends outside the ${budget.norm} ball of ${budget.epsilon}`);
}

/** The box as the ball has it: x lies inside even where rounding put it a little outside. */
function inBox(point: Float32Array, { x, bounds: { lower, upper } }: Budget): boolean {
  for (let i = 0; i < point.length; i++) {
    const value = point[i] as number;
    const low = typeof lower === 'number' ? lower : (lower[i] as number);
    const high = typeof upper === 'number' ? upper : (upper[i] as number);
    if (!(value >= low && value <= high) && value !== x[i]) return false;
  }
  return true;
}

/** Moves every coordinate that differs towards x: by one ulp of the perturbation, and to another float32 at least. */
function stepTowards(point: Float32Array, x: Float32Array): void {
  for (let i = 0; i < point.length; i++) {
    const [from, to] = [point[i] as number, x[i] as number];
    const moved = Math.fround(from + (to - from) * 2 ** -23);
    point[i] = moved === from ? neighbour(from, to) : moved;
  }
}
