import type { Answer, AttackContext, AttackSetting, Cost, Query } from '../../src/core/attack.ts';
import { boxAround } from '../../src/core/ball.ts';
import { boundaryStep, type Linearised, type PlaneNorm } from '../../src/core/hyperplane.ts';
import { flag, positive, wholeNumber } from '../../src/core/options.ts';
import type { Random } from '../../src/core/random.ts';
import { away } from './away.ts';
import { Closest } from './closest.ts';
import { refine, refinement, refinementCost } from './refine.ts';

/** Options that both FABs have, defaults as in AutoAttack. */
export const fabOptions = {
  steps: wholeNumber({ default: 100, description: 'steps of each run' }),
  restarts: wholeNumber({ default: 1, description: 'runs: the first from x, the others from random points nearby' }),
  alphaMax: positive({ default: 0.1, description: 'most of a step that may lead from x instead of the last point' }),
  overshoot: positive({ default: 1.05, description: 'how far beyond the linearised boundary, times the way to it' }),
  backward: positive({ default: 0.9, description: 'what is kept of the perturbation after a success' }),
  refine: refinement,
  stopWithin: flag({ default: false, description: 'end at the first success within epsilon' }),
};

export interface FabOptions {
  readonly steps: number;
  readonly restarts: number;
  readonly alphaMax: number;
  readonly overshoot: number;
  readonly backward: number;
  readonly refine: number;
  readonly stopWithin: boolean;
}

/** Asks for a function that is 0 on a decision boundary. Its answer's gradient is valid until the next query. */
export type Linearise = (point: Float32Array) => Generator<Query, Linearised & { readonly fooled: boolean }, Answer>;

/**
 * FAB, Croce and Hein 2020, arXiv:1907.02044, algorithm 1: for each boundary in turn, runs of steps onto it as it is
 * linearised there, back towards x after every success. Returns the nearest success, else where the last run ended.
 */
export function* fabSearch(context: AttackContext, boundaries: readonly Linearise[], options: FabOptions): Generator<Query, Float32Array, Answer> {
  const { x, norm, epsilon, random } = context;
  const nearest = new Closest(x, norm);
  let point: Float32Array = x.slice();
  for (const [k, linearise] of boundaries.entries()) {
    for (let restart = 0; restart < options.restarts; restart++) {
      point = restart === 0 ? x.slice() : startNear(context, nearest.distance, random.split(k).split(restart));
      yield* run(context, point, linearise, options, nearest);
      if (options.stopWithin && nearest.distance <= epsilon) return nearest.adv;
    }
  }
  yield* refine(context, nearest, options.refine);
  return nearest.found ? nearest.adv : point;
}

function* run(context: AttackContext, point: Float32Array, linearise: Linearise, options: FabOptions, nearest: Closest): Generator<Query, void, Answer> {
  const { x, epsilon, bounds, snap } = context;
  const norm = context.norm as PlaneNorm;
  const box = { x, ...boxAround(x, bounds) };
  const done = () => options.stopWithin && nearest.distance <= epsilon;
  let { overshoot } = options;
  for (let step = 0; step < options.steps; step++) {
    const boundary = yield* linearise(point);
    if (boundary.fooled) nearest.offer(point);
    if (done()) return;
    boundaryStep(norm, point, boundary, box, isRounded(point, snap) ? { alphaMax: 0, overshoot: (overshoot *= 1.2) } : options);
    const { fooled } = yield { want: 'label', at: point };
    if (!fooled) continue;
    overshoot = options.overshoot;
    nearest.offer(point);
    if (done()) return;
    comeBack(point, x, options.backward);
  }
}

/**
 * What was linearised is not the point itself, but the whole numbers nearest to it. Of a step there, rounding takes a part
 * back: steps grow until one crosses the boundary, and none is mixed with one from x, which knows nothing of rounding.
 */
function isRounded(point: Float32Array, snap: AttackContext['snap']): boolean {
  if (!snap) return false;
  const asked = point.slice();
  snap(asked);
  for (let i = 0; i < point.length; i++) if (asked[i] !== point[i]) return true;
  return false;
}

function startNear({ x, norm, epsilon, ball }: AttackContext, known: number, random: Random): Float32Array {
  const draw = norm === 'linf' ? () => 2 * random.uniform() - 1 : () => random.normal();
  return away(ball, x.map(draw), Math.min(known, epsilon) / 2);
}

function comeBack(point: Float32Array, x: Float32Array, kept: number): void {
  for (let i = 0; i < x.length; i++) {
    const centre = x[i] as number;
    point[i] = centre + kept * ((point[i] as number) - centre);
  }
}

/** A gradient of each function and a look at the point, at every step. */
export function fabCost(setting: AttackSetting, boundaries: number, functions: number, { steps, restarts, refine: last }: FabOptions): Cost {
  const looks = boundaries * restarts * steps;
  const { gradient, forward } = refinementCost(setting, last);
  return { gradient: looks * functions + gradient, forward: looks + forward };
}

/** A targeted run's boundary: where the wanted class draws level with the best of the others. */
export function* towards(target: number, point: Float32Array): ReturnType<Linearise> {
  const { loss, gradient, fooled } = yield { want: 'gradient', at: point, loss: { margin: target } };
  return { value: loss, gradient, fooled };
}
