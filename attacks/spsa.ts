import * as v from 'valibot';
import { defineAttack, together } from '../src/core/attack.ts';
import type { Ball } from '../src/core/ball.ts';
import { positive, wholeNumber } from '../src/core/options.ts';
import type { Random } from '../src/core/random.ts';
import { adam } from './parts/adam.ts';
import { questions } from './parts/questions.ts';

/**
 * Simultaneous perturbation: the goal's margin is measured at pairs of points around the iterate, adv ± δ·v with v of
 * random signs, and what it differs by stands for a gradient, which Adam ascends. Uesato et al. 2018, arXiv:1802.05666.
 * Defaults: 128 points a step and 100 steps, as in CleverHans; δ and Adam's step are 0.01 there and 0.3 ε here, which is
 * the same at 8/255. Every point asked about is in ball and box, so that one which fools the model is the result.
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
    stepSize: positive({ default: 0.3, description: 'length of a step, in units of epsilon' }),
    delta: positive({ default: 0.3, description: 'distance of the points from the iterate, in units of epsilon' }),
  }),
  *run({ x, epsilon, ball, goal, random }, { steps, samples, stepSize, delta }) {
    const adv = x.slice();
    const ascend = adam(x.length);
    const pairs = Math.ceil(samples / 2);
    for (let step = 0; step < steps; step++) {
      const stream = random.split(step);
      const signsOf = (pair: number) => signs(x.length, stream.split(pair));
      const points = (index: number) => moved(ball, adv, signsOf(index >> 1), index % 2 === 0 ? delta * epsilon : -delta * epsilon);
      const answers = yield* together(questions('scores', 2 * pairs, points));
      const hit = answers.findIndex(({ fooled }) => fooled);
      if (hit >= 0) return points(hit);
      const margins = answers.map(({ logits }) => goal.margin(logits));
      const direction = ascend(estimate(x.length, pairs, signsOf, margins));
      for (let i = 0; i < adv.length; i++) adv[i] = (adv[i] as number) + stepSize * epsilon * (direction[i] as number);
      ball.project(adv);
    }
    return adv;
  },
});

/** −1 or 1 in every place, 32 of them from one draw. */
function signs(size: number, random: Random): Float32Array {
  const v = new Float32Array(size);
  let bits = 0;
  for (let i = 0; i < size; i++) {
    bits = i % 32 === 0 ? random.integer(2 ** 32) : bits >>> 1;
    v[i] = 2 * (bits & 1) - 1;
  }
  return v;
}

function moved(ball: Ball, adv: Float32Array, v: Float32Array, length: number): Float32Array {
  for (let i = 0; i < v.length; i++) v[i] = (adv[i] as number) + length * (v[i] as number);
  ball.project(v);
  return v;
}

/** Uphill, up to a factor, which Adam does not see: the mean over pairs of v · (margin at + δ·v, less that at − δ·v). */
function estimate(size: number, pairs: number, signsOf: (pair: number) => Float32Array, margins: readonly number[]): Float32Array {
  const sum = new Float32Array(size);
  for (let pair = 0; pair < pairs; pair++) {
    const v = signsOf(pair);
    const rise = ((margins[2 * pair] as number) - (margins[2 * pair + 1] as number)) / pairs;
    for (let i = 0; i < size; i++) sum[i] = (sum[i] as number) + rise * (v[i] as number);
  }
  return sum;
}
