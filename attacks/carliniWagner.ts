import * as v from 'valibot';
import { positive, positiveOr, wholeNumberOr } from '../src/core/options.ts';
import { carliniWagnerL2 } from './parts/carliniWagnerL2.ts';
import { carliniWagnerLinf } from './parts/carliniWagnerLinf.ts';
import { Closest } from './parts/closest.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { refine, refinement, refinementCost } from './parts/refine.ts';

const defaults = { l2: { steps: 1000, searches: 9, learningRate: 0.01 }, linf: { steps: 100, searches: 60, learningRate: 0.05 } };

/**
 * Carlini and Wagner's attacks: Adam on the distance plus c times the margin. Carlini & Wagner 2016, arXiv:1608.04644.
 * L2 as the authors', but for 1,000 steps where they take up to 10,000; a search ends early when a tenth of its steps
 * gains less than a ten-thousandth. Linf: see carliniWagnerLinf.ts, which is closer than theirs in fewer steps.
 * A refinement at the end is ours.
 */
export const carliniWagner = defineGradientAttack({
  name: 'cw',
  summary: 'Adam on the distance plus the margin, whose weight is searched for',
  when: 'slow and thorough: a second opinion on small L2 or Linf perturbations',
  cost(setting, { steps, searches, refine: last }) {
    const { steps: most, searches: times } = defaults[setting.norm === 'l2' ? 'l2' : 'linf'];
    const { gradient, forward } = refinementCost(setting, last);
    return { gradient: (steps ?? most) * (searches ?? times) + gradient, forward };
  },
  paper: '1608.04644',
  norms: ['linf', 'l2'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    steps: wholeNumberOr({ default: '1000 in L2, 100 in Linf', description: 'the most gradient steps of a search' }),
    searches: wholeNumberOr({ default: '9 in L2, 60 in Linf', description: 'the most runs, each with another weight of the margin' }),
    learningRate: positiveOr({ default: '0.01 in L2, 0.05 in Linf', description: 'of Adam; in Linf in units of τ' }),
    firstConst: positive({ default: 0.001, description: 'first weight of the margin' }),
    refine: refinement,
  }),
  *run(context, { steps, searches, learningRate, firstConst, refine: last }) {
    const norm = context.norm === 'l2' ? 'l2' : 'linf';
    const given = { steps: steps ?? defaults[norm].steps, searches: searches ?? defaults[norm].searches };
    const options = { ...given, learningRate: learningRate ?? defaults[norm].learningRate, firstConst };
    const closest = new Closest(context.x, norm);
    yield* norm === 'l2' ? carliniWagnerL2(context, closest, options) : carliniWagnerLinf(context, closest, options);
    yield* refine(context, closest, last);
    return closest.adv;
  },
});
