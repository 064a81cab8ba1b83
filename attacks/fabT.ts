import * as v from 'valibot';
import { targeted } from '../src/core/goal.ts';
import { wholeNumber } from '../src/core/options.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { fabCost, fabOptions, fabSearch, type Linearise, towards } from './parts/fabSearch.ts';
import { likeliestTargets } from './parts/likeliestTargets.ts';

/**
 * FAB-T: the fast adaptive boundary attack on the boundary to one likely class after the other. Croce and Hein 2020,
 * arXiv:1907.02044. One gradient a step, however many classes. Defaults as in AutoAttack: 9 targets, 100 steps
 * each; a refinement at the end is ours.
 */
export const fabT = defineGradientAttack({
  name: 'fab-t',
  summary: 'steps onto the linearised boundary to each likely class in turn',
  when: 'the smallest perturbation, and the accuracy at every epsilon, without a step size to tune',
  cost: (setting, options) => fabCost(setting, Math.min(options.targets, setting.classes - 1), 1, options),
  paper: '1907.02044',
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({ targets: wholeNumber({ default: 9, description: 'classes tried, by falling logit of the clean example' }), ...fabOptions }),
  *run(context, options) {
    const { goal, y, classes } = context;
    if (goal.target !== undefined) {
      const { target } = goal;
      return yield* fabSearch(context, [(point) => towards(target, point)], options);
    }
    const boundaries = likeliestTargets(context, options.targets).map((target): Linearise => {
      const loss = targeted(y, target, classes).lossNamed('margin');
      return function* (point) {
        const { loss: value, gradient, fooled } = yield { want: 'gradient', at: point, loss };
        return { value, gradient, fooled };
      };
    });
    return yield* fabSearch(context, boundaries, options);
  },
});
