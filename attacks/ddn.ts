import * as v from 'valibot';
import { boxAround } from '../src/core/ball.ts';
import { positive, wholeNumber } from '../src/core/options.ts';
import { load } from '../src/core/vector.ts';
import { annealed } from './parts/annealed.ts';
import { Closest } from './parts/closest.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { refine, refinement, refinementCost } from './parts/refine.ts';
import { widest } from './parts/widest.ts';

/**
 * Decoupling direction and norm: the direction follows the gradient, the length shrinks by γ where the model is fooled
 * and grows by γ where it is not. Rony et al. 2018, arXiv:1811.09600. Defaults are the authors': 100 steps, a first
 * length of 1, γ .05, steps of length 1 to .01 by a cosine. Lengths are in units of the box's greatest width. A refinement at the end is ours.
 */
export const ddn = defineGradientAttack({
  name: 'ddn',
  summary: 'smallest L2 perturbation: direction by the gradient, length by success',
  when: 'the smallest L2 perturbation for little: the first choice in L2',
  cost(setting, { steps, refine: last }) {
    const { gradient, forward } = refinementCost(setting, last);
    return { gradient: steps + gradient, forward };
  },
  paper: '1811.09600',
  norms: ['l2'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    steps: wholeNumber({ default: 100, description: 'gradient steps' }),
    firstLength: positive({ default: 1, description: 'first length of the perturbation, in widths of the box' }),
    gamma: positive({ default: 0.05, description: 'share by which the length grows or shrinks' }),
    refine: refinement,
  }),
  *run(context, { steps, firstLength, gamma, refine: last }) {
    const { x, norm, bounds, goal } = context;
    const region = { x, ...boxAround(x, bounds) };
    const width = widest(region);
    const closest = new Closest(x, norm);
    const adv = x.slice();
    let epsilon = firstLength * width;
    for (let step = 0; step < steps; step++) {
      const { gradient, fooled } = yield { want: 'gradient', at: adv, loss: goal.loss };
      if (fooled) closest.offer(adv);
      epsilon *= fooled ? 1 - gamma : 1 + gamma;
      const vectors = load(adv, region);
      const { run, sums } = vectors;
      vectors.gradient.set(gradient);
      run.gradientSquares();
      const slope = Math.sqrt(sums[0] as number);
      if (slope > 0) run.move((annealed(1, 0.01, step / steps) * width) / slope);
      run.squares();
      const length = Math.sqrt(sums[0] as number);
      if (length > 0) run.scale(epsilon / length);
      adv.set(vectors.point);
    }
    yield* refine(context, closest, last);
    return closest.adv;
  },
});
