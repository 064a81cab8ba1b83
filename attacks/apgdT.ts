import * as v from 'valibot';
import type { AttackContext } from '../src/core/attack.ts';
import { targeted } from '../src/core/goal.ts';
import type { Loss } from '../src/core/losses.ts';
import { wholeNumber } from '../src/core/options.ts';
import { apgd, apgdCost, apgdOptions } from './parts/apgd.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { likeliestTargets } from './parts/likeliestTargets.ts';

/**
 * APGD on the targeted DLR loss, of one target class after the other. Croce and Hein 2020, arXiv:2003.01690. Defaults as
 * in AutoAttack: 9 targets (5 in L1 there), 100 steps, one start each. The ratio's scale needs four logits: of fewer
 * classes it climbs the difference of the two logits itself.
 */
export const apgdT = defineGradientAttack({
  name: 'apgd-t',
  summary: 'gradient steps of adaptive length towards each likely class in turn',
  when: 'the strongest single attack of a fixed budget; costs as many runs as targets',
  cost: (setting, options) => apgdCost(setting, Math.min(options.targets, setting.classes - 1), options),
  paper: '2003.01690',
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'gradient',
  options: v.object({
    targets: wholeNumber({ default: 9, description: 'classes tried, by falling logit of the clean example' }),
    restarts: wholeNumber({ default: 1, description: 'runs from different starts, for each target' }),
    ...apgdOptions,
  }),
  *run(context, options) {
    const losses = likeliestTargets(context, options.targets).map((target) => lossTowards(target, context));
    return yield* apgd(context, losses, options);
  },
});

function lossTowards(target: number, { y, classes }: AttackContext): Loss {
  return targeted(y, target, classes).lossNamed(classes < 4 ? 'margin' : 'dlr');
}
