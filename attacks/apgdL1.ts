import * as v from 'valibot';
import { goalLosses } from '../src/core/goal.ts';
import { choice, wholeNumber } from '../src/core/options.ts';
import { apgd, apgdCost, apgdOptions } from './parts/apgd.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';

/**
 * APGD in L1 on any loss. Croce and Hein 2021, arXiv:2103.01208. Defaults as in AutoAttack: 100 steps, five starts, from
 * larger balls inwards.
 */
export const apgdL1 = defineGradientAttack({
  name: 'apgd-l1',
  summary: 'sparse gradient steps of adaptive length, from larger balls inwards',
  when: 'the strongest single attack in L1',
  cost: (setting, options) => apgdCost(setting, 1, options),
  paper: '2103.01208',
  norms: ['l1'],
  knowledge: 'gradient',
  options: v.object({
    restarts: wholeNumber({ default: 5, description: 'runs from different starts' }),
    loss: choice(goalLosses, { default: 'crossEntropy', description: 'what the gradient ascends' }),
    ...apgdOptions,
  }),
  *run(context, options) {
    return yield* apgd(context, [context.goal.lossNamed(options.loss)], options);
  },
});
