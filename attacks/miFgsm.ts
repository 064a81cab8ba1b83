import * as v from 'valibot';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { accumulate, momentumNorms, momentumOptions } from './parts/momentum.ts';

/**
 * Gradient steps with momentum, from x itself. Dong et al. 2017, arXiv:1710.06081. Defaults are the paper's and
 * torchattacks': 10 steps of 0.2 ε, nothing of the momentum forgotten. It is the gradients that add up, not their signs.
 */
export const miFgsm = defineGradientAttack({
  name: 'mi-fgsm',
  summary: 'gradient steps with momentum from the clean example',
  when: 'made to transfer between models; on the model itself about as strong as bim',
  cost: (_, { steps }) => ({ gradient: steps, forward: 0 }),
  paper: '1710.06081',
  norms: momentumNorms,
  knowledge: 'gradient',
  options: v.object(momentumOptions),
  *run({ x, epsilon, norm, ball: exact }, { steps, stepSize, decay, projection, stopWhenFooled }) {
    const ball = exact.projecting(projection);
    const adv = x.slice();
    const g = new Float32Array(x.length);
    for (let step = 0; step < steps; step++) {
      const { gradient, fooled } = yield { want: 'gradient', at: adv };
      if (fooled && stopWhenFooled) break;
      accumulate(g, gradient, decay, norm);
      ball.step(adv, g, stepSize * epsilon);
    }
    return adv;
  },
});
