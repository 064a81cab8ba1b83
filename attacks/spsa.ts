import * as v from 'valibot';
import { defineAttack, together } from '../src/core/attack.ts';
import type { Ball } from '../src/core/ball.ts';
import { positive, wholeNumber } from '../src/core/options.ts';
import type { Random } from '../src/core/random.ts';
import { adam } from './adam.ts';

/**
 * Simultaneous perturbation: the goal's margin is measured at pairs of points around the iterate, adv ± δ·v with v of
 * random signs, and what it differs by stands for a gradient, which Adam ascends. Uesato et al. 2018, arXiv:1802.05666.
 * Defaults: 128 points a step and 100 steps as in CleverHans; there δ and Adam's step are 0.01, here both are in units
 * of epsilon. Every point asked about is brought into ball and box, so that one which fools the model is the result.
 */
export const spsa = defineAttack({
  name: 'spsa',
  summary: 'ascends a gradient estimated from scores at random pairs of points',
  when: 'needs no gradients: finds what masked or missing gradients hide; more samples find more',
  cost: (_, { steps, samples }) => ({ gradient: 0, forward: steps * 2 * Math.ceil(samples / 2) }),
  paper: '1802.05666',
  norms: ['linf'],
  knowledge: 'scores',
  options: v.object({
    steps: wholeNumber({ default: 100, description: 'steps' }),
    samples: wholeNumber({ default: 128, least: 2, description: 'points asked about in each step' }),
    stepSize: positive({ default: 0.1, description: 'length of a step, in units of epsilon' }),
    delta: positive({ default: 0.1, description: 'distance of the points from the iterate, in units of epsilon' }),
  }),
  *run({ x, epsilon, ball, goal, random }, { steps, samples, stepSize, delta }) {
    const adv = x.slice();
    const ascend = adam(x.length);
    for (let step = 0; step < steps; step++) {
      const pairs = Array.from({ length: Math.ceil(samples / 2) }, (_, pair) => signs(x.length, random.split(step).split(pair)));
      const points = pairs.flatMap((v) => [moved(ball, adv, v, delta * epsilon), moved(ball, adv, v, -delta * epsilon)]);
      const answers = yield* together(points.map((at) => ({ want: 'scores', at })));
      const hit = points[answers.findIndex(({ fooled }) => fooled)];
      if (hit) return hit;
      const margins = answers.map(({ logits }) => goal.margin(logits));
      const change = ascend(estimate(pairs, margins));
      for (let i = 0; i < adv.length; i++) adv[i] = (adv[i] as number) + stepSize * epsilon * (change[i] as number);
      ball.project(adv);
    }
    return adv;
  },
});

function signs(size: number, random: Random): Float32Array {
  return Float32Array.from({ length: size }, () => (random.uniform() < 0.5 ? -1 : 1));
}

function moved(ball: Ball, adv: Float32Array, v: Float32Array, length: number): Float32Array {
  const point = adv.map((value, i) => value + length * (v[i] as number));
  ball.project(point);
  return point;
}

/** Uphill, up to a factor, which Adam does not see: the mean of v · (margin at + δ·v, less that at − δ·v). */
function estimate(pairs: readonly Float32Array[], margins: readonly number[]): Float32Array {
  const sum = new Float32Array((pairs[0] as Float32Array).length);
  pairs.forEach((v, pair) => {
    const rise = ((margins[2 * pair] as number) - (margins[2 * pair + 1] as number)) / pairs.length;
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + rise * (v[i] as number);
  });
  return sum;
}
