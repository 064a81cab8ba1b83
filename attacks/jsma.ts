import * as v from 'valibot';
import { type Answer, type AttackContext, type Query, together } from '../src/core/attack.ts';
import { boxAround } from '../src/core/ball.ts';
import { distances } from '../src/core/norms.ts';
import { positive, wholeNumber } from '../src/core/options.ts';
import { Closest } from './parts/closest.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { likeliestTargets } from './parts/likeliestTargets.ts';
import { mostSalientPair, type Move } from './parts/salientPair.ts';

interface JsmaOptions {
  readonly theta: number;
  readonly gamma: number;
  readonly targets: number;
}

/**
 * The Jacobian-based saliency map attack: pair by pair, the coordinates that raise the wanted logit and lower the others'
 * sum go to their limits. Papernot et al. 2015, arXiv:1511.07528. θ is the paper's; γ is 1 instead of .145, as epsilon
 * limits the count already. Beyond the paper: coordinates may go up or down; without a wanted class the likeliest ones
 * are aimed at in turn; of the last pair one coordinate alone may do.
 */
export const jsma = defineGradientAttack({
  name: 'jsma',
  summary: 'pairs of coordinates by their saliency for a class',
  when: 'L0 in few queries; sigma-zero gets closer',
  cost({ classes, size }, { theta, gamma, targets }) {
    const [times, pairs] = [Math.min(targets, classes - 1), mostPairs(size, theta, gamma)];
    return { gradient: 2 * times * pairs, forward: times * (pairs + 2) };
  },
  paper: '1511.07528',
  norms: ['l0'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    theta: positive({ default: 1, description: 'change of a coordinate in one step, in widths of its range' }),
    gamma: positive({ default: 1, description: 'the greatest share of coordinates that may change' }),
    targets: wholeNumber({ default: 9, description: 'classes aimed at in turn when none is wanted, the likeliest first' }),
  }),
  *run(context, options) {
    const closest = new Closest(context.x, 'l0');
    for (const target of likeliestTargets(context, options.targets)) yield* aimAt(target, closest, context, options);
    return closest.adv;
  },
});

/** Steps towards one class: each takes two coordinates, and each coordinate 1/θ steps from end to end of its range. */
function mostPairs(size: number, theta: number, gamma: number): number {
  return Math.ceil((Math.min(1, gamma) * size * Math.ceil(1 / theta)) / 2);
}

/** Until the model is fooled, or no closer point can come of it. */
function* aimAt(
  target: number,
  closest: Closest,
  { x, bounds, classes }: AttackContext,
  { theta, gamma }: JsmaOptions,
): Generator<Query, void, Answer> {
  const { lower, upper } = boxAround(x, bounds);
  const wanted = Float32Array.from({ length: classes }, (_, k) => Number(k === target));
  const losses = [{ linear: wanted }, { linear: wanted.map((one) => 1 - one) }];
  const adv = x.slice();
  const open = new Set(x.keys());
  for (let left = mostPairs(x.length, theta, gamma); left > 0 && distances(x, adv).l0 < closest.distance; left--) {
    const [up, down] = yield* together(losses.map((loss) => ({ want: 'gradient', at: adv, loss })));
    if (!up || !down) throw new Error('two questions have two answers');
    const pair = mostSalientPair(moves(up.gradient, down.gradient));
    if (!pair) return;
    const alone = pair.map(({ i, to }) => adv.with(i, to));
    for (const { i, to } of pair) {
      adv[i] = to;
      if (to === lower[i] || to === upper[i]) open.delete(i);
    }
    const { fooled } = yield { want: 'label', at: adv };
    if (!fooled) continue;
    closest.offer(adv);
    const answers = yield* together(alone.map((at) => ({ want: 'label', at })));
    for (const [k, point] of alone.entries()) if (answers[k]?.fooled) closest.offer(point);
    return;
  }

  /** Up and down, as far as θ and the box allow, of every coordinate that has not yet come to an end of its range. */
  function* moves(up: Float32Array, down: Float32Array): Generator<Move> {
    for (const i of open) {
      const [here, low, high] = [adv[i] as number, lower[i] as number, upper[i] as number];
      const reach = theta * (high - low);
      for (const to of [Math.fround(Math.min(high, here + reach)), Math.fround(Math.max(low, here - reach))]) {
        if (to === here) continue;
        yield { i, to, gain: (up[i] as number) * (to - here), loss: (down[i] as number) * (here - to) };
      }
    }
  }
}
