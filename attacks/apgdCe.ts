import * as v from 'valibot';
import { wholeNumber } from '../src/core/options.ts';
import { apgd, apgdCost, apgdOptions } from './parts/apgd.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';

/**
 * APGD on cross-entropy. Croce and Hein 2020, arXiv:2003.01690; in L1 as in arXiv:2103.01208. Defaults as in AutoAttack:
 * 100 steps, one start (five in L1, which `apgd-l1` has).
 */
export const apgdCe = defineGradientAttack({
  name: 'apgd-ce',
  summary: 'gradient steps of adaptive length on cross-entropy',
  when: 'stronger than PGD, with nothing to tune',
  cost: (setting, options) => apgdCost(setting, 1, options),
  paper: '2003.01690',
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'gradient',
  options: v.object({ restarts: wholeNumber({ default: 1, description: 'runs from different starts' }), ...apgdOptions }),
  *run(context, options) {
    return yield* apgd(context, [context.goal.loss], options);
  },
});
