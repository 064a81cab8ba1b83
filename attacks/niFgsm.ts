import * as v from 'valibot';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { accumulate, momentumNorms, momentumOptions } from './parts/momentum.ts';

/**
 * MI-FGSM with Nesterov's momentum: each gradient is taken where the momentum alone would lead. Lin et al. 2019,
 * arXiv:1908.06281. Defaults as MI-FGSM's. The point ahead is not the iterate and may lie outside ball and box; when it
 * fools the model, what the projection makes of it is asked about, and is the result if it does too.
 */
export const niFgsm = defineGradientAttack({
  name: 'ni-fgsm',
  summary: 'gradient steps with Nesterov momentum from the clean example',
  when: 'made to transfer between models, as mi-fgsm',
  cost: (_, { steps, stopWhenFooled }) => ({ gradient: steps, forward: stopWhenFooled ? steps : 0 }),
  paper: '1908.06281',
  norms: momentumNorms,
  knowledge: 'gradient',
  options: v.object(momentumOptions),
  *run({ x, epsilon, norm, ball: exact }, { steps, stepSize, decay, projection, stopWhenFooled }) {
    const ball = exact.projecting(projection);
    const length = stepSize * epsilon;
    const adv = x.slice();
    const g = new Float32Array(x.length);
    for (let step = 0; step < steps; step++) {
      const ahead = adv.map((value, i) => value + length * decay * (g[i] as number));
      const { gradient, fooled } = yield { want: 'gradient', at: ahead };
      accumulate(g, gradient, decay, norm);
      if (fooled && stopWhenFooled) {
        ball.project(ahead);
        if ((yield { want: 'label', at: ahead }).fooled) return ahead;
      }
      ball.step(adv, g, length);
    }
    return adv;
  },
});
