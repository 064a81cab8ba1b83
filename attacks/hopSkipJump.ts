import * as v from 'valibot';
import { type Answer, defineAttack, type Query } from '../src/core/attack.ts';
import { boxAround } from '../src/core/ball.ts';
import { distances } from '../src/core/norms.ts';
import { wholeNumber } from '../src/core/options.ts';
import type { Random } from '../src/core/random.ts';
import { bisect } from './parts/bisect.ts';
import { Closest } from './parts/closest.ts';
import { labelBudget, type LabelBudget } from './parts/labelBudget.ts';
import { movedInBox } from './parts/movedInBox.ts';
import { noiseStart } from './parts/noiseStart.ts';
import { widest } from './parts/widest.ts';

/** What depends on the norm. */
interface Geometry {
  /** How closely the boundary is found, as a share of the way to it, in d dimensions: the paper's θ. */
  readonly theta: (d: number) => number;
  /** One value of the point of the way from x to adv at this share of its length. */
  readonly between: (x: number, adv: number, share: number, length: number) => number;
  /** One value of a random direction, of any length. */
  readonly direction: (random: Random) => number;
  /** One value of the step along a gradient of length 1. */
  readonly steepest: (gradient: number) => number;
}

const geometries: Record<'l2' | 'linf', Geometry> = {
  l2: {
    theta: (d) => d ** -1.5,
    between: (x, adv, share) => x + share * (adv - x),
    direction: (random) => random.normal(),
    steepest: (gradient) => gradient,
  },
  linf: {
    theta: (d) => d ** -2,
    between: (x, adv, share, length) => Math.min(Math.max(adv, x - share * length), x + share * length),
    direction: (random) => 2 * random.uniform() - 1,
    steepest: Math.sign,
  },
};

/** Most labels that one gradient is estimated from. */
const mostEvaluations = 10_000;

/**
 * HopSkipJump: from labels alone. At a point of the decision boundary the gradient is estimated from the labels around
 * it, a step along it is halved until it fools the model, and its end is brought back to the boundary on the way to x.
 * Chen et al. 2019, arXiv:1904.02144. As the authors' code: the t-th gradient from 100·√t labels, θ = d^−1.5 in L2 and
 * d^−2 in Linf, labels asked for at distance/d, at first at a tenth of the box. It ends when its labels are spent and
 * returns the nearest point found.
 */
export const hopSkipJump = defineAttack({
  name: 'hopskipjump',
  summary: 'label-only: follows the decision boundary towards x by gradients estimated from labels',
  when: 'only labels are known, or gradients and scores are masked; the strongest of its kind',
  cost: (_, { queries }) => ({ gradient: 0, forward: queries }),
  paper: '1904.02144',
  norms: ['l2', 'linf'],
  knowledge: 'label',
  finds: 'smallest',
  options: v.object({
    queries: wholeNumber({ default: 25_000, description: 'most labels asked for' }),
    evaluations: wholeNumber({ default: 100, description: 'labels for the first gradient; the t-th takes √t times as many' }),
  }),
  *run({ x, bounds, norm, random }, { queries, evaluations }) {
    const { theta, between, direction, steepest } = geometries[norm === 'linf' ? 'linf' : 'l2'];
    const box = boxAround(x, bounds);
    const budget = labelBudget(queries, x.length);
    const closest = new Closest(x, norm);
    const distance = (point: Float32Array) => distances(point, x)[norm];
    const toBoundary = (far: Float32Array) => {
      const length = distance(far);
      const at = (share: number) => x.map((value, i) => between(value, far[i] as number, share, length));
      return bisect({ at, far, high: 1, tolerance: theta(x.length) }, budget);
    };
    const start = yield* noiseStart(box, budget, random.split('start'));
    if (!start) return x.slice();
    let adv = yield* toBoundary(start);
    closest.offer(adv);
    for (let t = 1; budget.left > 0; t++) {
      const reach = t === 1 ? 0.1 * widest(box) : distance(adv) / x.length;
      const count = Math.min(Math.floor(evaluations * Math.sqrt(t)), mostEvaluations);
      const stream = random.split(t);
      const around = (draw: number) => movedInBox(adv, randomly(x.length, direction, stream.split(draw)), reach, box);
      const gradient = (yield* estimate(adv, around, count, budget)).map(steepest);
      let length = distance(adv) / Math.sqrt(t);
      let next = movedInBox(adv, gradient, length, box);
      while (!(yield* budget.fools(next)) && budget.left > 0) next = movedInBox(adv, gradient, (length /= 2), box);
      if (budget.left === 0) break;
      adv = yield* toBoundary(next);
      closest.offer(adv);
    }
    return closest.adv;
  },
});

/**
 * The gradient of being adversarial, of length 1: the mean of the changes that were asked about, each times its label
 * ±1 less the mean label, which is the paper's control variate.
 */
function* estimate(
  adv: Float32Array,
  around: (draw: number) => Float32Array,
  count: number,
  budget: LabelBudget,
): Generator<Query, Float32Array, Answer> {
  const all = new Float64Array(adv.length);
  const fooling = new Float64Array(adv.length);
  let [told, fooled] = [0, 0];
  yield* budget.foolEach(count, around, (point, fools) => {
    told++;
    add(all, point, adv);
    if (!fools) return;
    fooled++;
    add(fooling, point, adv);
  });
  if (fooled === 0) return unit(all.map((sum) => -sum));
  if (fooled === told) return unit(all);
  // Σ (φ − mean φ)·u with φ = ±1 is twice this.
  return unit(fooling.map((sum, i) => sum - (fooled / told) * (all[i] as number)));
}

function add(sum: Float64Array, point: Float32Array, from: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (point[i] as number) - (from[i] as number);
}

/** A random direction of length 1. */
function randomly(size: number, draw: (random: Random) => number, random: Random): Float32Array {
  const direction = new Float64Array(size);
  for (let i = 0; i < size; i++) direction[i] = draw(random);
  return unit(direction);
}

function unit(vector: Float64Array): Float32Array {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += (vector[i] as number) ** 2;
  const scaled = new Float32Array(vector.length);
  const scale = 1 / (Math.sqrt(squares) || 1);
  for (let i = 0; i < vector.length; i++) scaled[i] = scale * (vector[i] as number);
  return scaled;
}
