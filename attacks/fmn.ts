import * as v from 'valibot';
import { positive, wholeNumber } from '../src/core/options.ts';
import { Closest } from './parts/closest.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { followBoundary } from './parts/followBoundary.ts';
import { likeliestTargets } from './parts/likeliestTargets.ts';
import { marginLoss } from './parts/marginLoss.ts';
import { lossTowards, refine, refinement, refinementCost } from './parts/refine.ts';

/**
 * The fast minimum-norm attack: gradient steps on the margin, projected onto a ball whose radius follows the boundary.
 * Pintor et al. 2021, arXiv:2102.12827. Steps of length 1 to .01 (in L2; in widths of the box), γ .05 to .001, both by
 * a cosine, as the authors'. With `targets`, which the paper does not have, further runs aim at the likeliest classes one
 * by one: on the bundled model that finds more than ten times the steps do.
 */
export const fmn = defineGradientAttack({
  name: 'fmn',
  summary: 'smallest perturbation: projected steps on a ball that follows the boundary',
  when: 'the smallest perturbation for little, in any norm',
  cost(setting, { steps, targets, refine: last }) {
    const { gradient, forward } = refinementCost(setting, last);
    return { gradient: steps * (1 + Math.min(targets, setting.classes - 1)) + gradient, forward };
  },
  paper: '2102.12827',
  norms: ['linf', 'l2', 'l1', 'l0'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    steps: wholeNumber({ default: 100, description: 'gradient steps' }),
    stepSize: positive({ default: 1, description: 'length of the first step, in widths of the box; the last has a hundredth' }),
    targets: wholeNumber({ default: 0, least: 0, description: 'classes aimed at in further runs, the likeliest first' }),
    gamma: positive({ default: 0.05, description: 'first share by which the radius grows or shrinks; the last is a fiftieth' }),
    refine: refinement,
  }),
  *run(context, { steps, stepSize, gamma, targets, refine: last }) {
    const { x, y, norm, goal, classes } = context;
    const closest = new Closest(x, norm);
    const aims = targets === 0 || goal.target !== undefined ? [] : likeliestTargets(context, targets);
    const margins = [marginLoss(goal), ...aims.map((aim) => lossTowards(aim, y, classes))];
    for (const margin of margins) yield* followBoundary(context, closest, { margin, start: x.slice(), radius: Infinity, steps, stepSize, gamma });
    yield* refine(context, closest, last);
    return closest.adv;
  },
});
