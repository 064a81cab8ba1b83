import * as v from 'valibot';
import { wholeNumber } from '../src/core/options.ts';
import { apgd, apgdCost, apgdOptions } from './parts/apgd.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';

/**
 * APGD on the difference of logits ratio. Croce and Hein 2020, arXiv:2003.01690; in L1 as in arXiv:2103.01208. Needs
 * three classes; in a targeted run of three the ratio has no scale, and as APGD-T it climbs the difference of the two
 * logits itself. Defaults as in AutoAttack: 100 steps, one start.
 */
export const apgdDlr = defineGradientAttack({
  name: 'apgd-dlr',
  summary: 'gradient steps of adaptive length on the difference of logits ratio',
  when: 'where cross-entropy saturates: the scale of the logits does not matter',
  cost: (setting, options) => apgdCost(setting, 1, options),
  paper: '2003.01690',
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'gradient',
  options: v.object({ restarts: wholeNumber({ default: 1, description: 'runs from different starts' }), ...apgdOptions }),
  *run(context, options) {
    const { goal, classes } = context;
    const loss = goal.kind === 'targeted' && classes === 3 ? 'margin' : 'dlr';
    return yield* apgd(context, [goal.lossNamed(loss)], options);
  },
});
