import * as v from 'valibot';
import { projections } from '../src/core/ball.ts';
import { choice, flag, positive, wholeNumber } from '../src/core/options.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';

/**
 * The basic iterative method: small gradient steps from x itself. Kurakin et al. 2016, arXiv:1607.02533.
 * Defaults as in Foolbox: 10 steps of 0.2 ε. In L2 steps follow the normalised gradient, in L1 they are SLIDE's.
 */
export const bim = defineGradientAttack({
  name: 'bim',
  summary: 'gradient steps from the clean example',
  when: 'stronger than one step at ten times its price, and the same whatever the seed',
  cost: (_, { steps }) => ({ gradient: steps, forward: 0 }),
  paper: '1607.02533',
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'gradient',
  options: v.object({
    steps: wholeNumber({ default: 10, description: 'gradient steps' }),
    stepSize: positive({ default: 0.2, description: 'length of a step, in units of epsilon' }),
    projection: choice(projections, { default: 'exact', description: 'way back into ball and box' }),
    stopWhenFooled: flag({ default: true, description: 'end at the first success' }),
  }),
  *run({ x, epsilon, ball: exact }, { steps, stepSize, projection, stopWhenFooled }) {
    const ball = exact.projecting(projection);
    const adv = x.slice();
    for (let step = 0; step < steps; step++) {
      const { gradient, fooled } = yield { want: 'gradient', at: adv };
      if (fooled && stopWhenFooled) break;
      ball.step(adv, gradient, stepSize * epsilon);
    }
    return adv;
  },
});
