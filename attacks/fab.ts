import * as v from 'valibot';
import type { AttackContext } from '../src/core/attack.ts';
import { targeted } from '../src/core/goal.ts';
import type { PlaneNorm } from '../src/core/hyperplane.ts';
import { distances } from '../src/core/norms.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { fabCost, fabOptions, fabSearch, type Linearise, towards } from './parts/fabSearch.ts';

/**
 * The fast adaptive boundary attack: at every step the boundary to the class that is nearest, of all classes. Croce and
 * Hein 2020, arXiv:1907.02044. Takes a gradient for every class but one at each step: of many classes, use FAB-T.
 * Defaults as in AutoAttack: 100 steps; 5 restarts in its version plus; a
 * refinement at the end is ours.
 */
export const fab = defineGradientAttack({
  name: 'fab',
  summary: 'steps onto the nearest linearised boundary, of all classes',
  when: 'the smallest perturbation on models of few classes',
  cost: (setting, options) => fabCost(setting, 1, setting.classes - 1, options),
  paper: '1907.02044',
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object(fabOptions),
  *run(context, options) {
    const { goal, x } = context;
    const { target } = goal;
    const held = new Float32Array(x.length);
    const linearise = (point: Float32Array) => (target === undefined ? nearestBoundary(context, point, held) : towards(target, point));
    return yield* fabSearch(context, [linearise], options);
  },
});

/** The norm in which a gradient tells how far a linear function is from 0. */
const dual = { linf: 'l1', l2: 'l2', l1: 'linf' } as const;

/** Asks for one class after the other, and holds the gradient of the nearest in `held`. */
function* nearestBoundary({ y, classes, norm }: AttackContext, point: Float32Array, held: Float32Array): ReturnType<Linearise> {
  const zero = new Float32Array(point.length);
  let nearest = Infinity;
  let value = 0;
  let isFooled = false;
  for (let k = 0; k < classes; k++) {
    if (k === y) continue;
    const { loss, gradient, fooled } = yield { want: 'gradient', at: point, loss: targeted(y, k, classes).lossNamed('margin') };
    isFooled = fooled;
    const distance = Math.abs(loss) / (1e-12 + distances(gradient, zero)[dual[norm as PlaneNorm]]);
    if (distance >= nearest) continue;
    nearest = distance;
    value = loss;
    held.set(gradient);
  }
  return { value, gradient: held, fooled: isFooled };
}
