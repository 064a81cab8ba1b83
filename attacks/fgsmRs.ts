import * as v from 'valibot';
import { flag, positive } from '../src/core/options.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';

/**
 * FGSM from a random point of the ball. Wong et al. 2020, arXiv:2001.03994: a step of 1.25 ε from a uniform start, back
 * onto the ball. Made for training; what its start leaves unspent makes it weaker than FGSM on a linear model.
 */
export const fgsmRs = defineGradientAttack({
  name: 'fgsm-rs',
  summary: 'one gradient step from a random point of the ball',
  when: 'what fast adversarial training is trained against: far above pgd there, it has overfitted to one step',
  cost: () => ({ gradient: 1, forward: 0 }),
  paper: '2001.03994',
  norms: ['linf'],
  knowledge: 'gradient',
  options: v.object({
    stepSize: positive({ default: 1.25, description: 'length of the step, in units of epsilon' }),
    stopWhenFooled: flag({ default: true, description: 'end where it started if that fools the model' }),
  }),
  *run({ epsilon, ball, random }, { stepSize, stopWhenFooled }) {
    const adv = ball.sample(random);
    const { gradient, fooled } = yield { want: 'gradient', at: adv };
    if (fooled && stopWhenFooled) return adv;
    ball.step(adv, gradient, stepSize * epsilon);
    return adv;
  },
});
