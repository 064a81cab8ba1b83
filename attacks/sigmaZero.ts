import * as v from 'valibot';
import { boxAround } from '../src/core/ball.ts';
import { positive, wholeNumber } from '../src/core/options.ts';
import { adam } from './parts/adam.ts';
import { annealed } from './parts/annealed.ts';
import { Closest } from './parts/closest.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { marginLoss } from './parts/marginLoss.ts';

/**
 * σ-zero: Adam on the margin and a smooth count of the changed coordinates, then small changes are undone; how small,
 * follows the success. Cinà et al. 2024, arXiv:2402.01879. Changes are measured in widths of their coordinate's range.
 */
export const sigmaZero = defineGradientAttack({
  name: 'sigma-zero',
  summary: 'smallest L0 perturbation: Adam on a smooth count of changes',
  when: 'the fewest changed values: the strongest in L0',
  cost: (_, { steps }) => ({ gradient: steps, forward: 0 }),
  paper: '2402.01879',
  norms: ['l0'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    steps: wholeNumber({ default: 1000, description: 'gradient steps' }),
    learningRate: positive({ default: 1, description: 'first rate of Adam, in widths of the box; the last is a tenth' }),
    sigma: positive({ default: 0.001, description: 'squared change at which a coordinate counts half' }),
    threshold: positive({ default: 0.3, description: 'first size under which a change is undone, in widths of the box' }),
    thresholdStep: positive({ default: 0.01, description: 'how far the threshold moves after a step, in units of the rate' }),
  }),
  *run({ x, norm, bounds, goal }, { steps, learningRate, sigma, threshold: firstThreshold, thresholdStep }) {
    const { lower, upper } = boxAround(x, bounds);
    const width = upper.map((high, i) => high - (lower[i] as number));
    const { loss, sign } = marginLoss(goal);
    const closest = new Closest(x, norm);
    const [adv, descent] = [x.slice(), x.slice()];
    const direction = adam(x.length);
    let threshold = firstThreshold;
    for (let step = 0; step < steps; step++) {
      const { gradient, fooled } = yield { want: 'gradient', at: adv, loss };
      if (fooled) closest.offer(adv);
      const pull = fooled ? 0 : sign;
      let steepest = 0;
      for (let i = 0; i < x.length; i++) {
        const range = width[i] as number;
        const change = range > 0 ? ((adv[i] as number) - (x[i] as number)) / range : 0;
        const counting = (2 * change * sigma) / (change * change + sigma) ** 2 / x.length;
        const slope = counting - pull * range * (gradient[i] as number);
        descent[i] = slope;
        steepest = Math.max(steepest, Math.abs(slope));
      }
      if (steepest > 0) for (let i = 0; i < x.length; i++) descent[i] = (descent[i] as number) / steepest;
      const by = direction(descent);
      const rate = annealed(learningRate, learningRate / 10, step / steps);
      threshold = Math.min(1, Math.max(0, threshold + (fooled ? rate : -rate) * thresholdStep));
      for (let i = 0; i < x.length; i++) {
        const range = width[i] as number;
        const moved = Math.min(upper[i] as number, Math.max(lower[i] as number, (adv[i] as number) - rate * range * (by[i] as number)));
        adv[i] = Math.abs(moved - (x[i] as number)) < threshold * range ? (x[i] as number) : moved;
      }
    }
    return closest.adv;
  },
});
