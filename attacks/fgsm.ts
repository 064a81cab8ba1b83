import * as v from 'valibot';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';

/**
 * The fast gradient method: one step as long as the budget allows. Goodfellow et al. 2014, arXiv:1412.6572.
 * Linf: x + ε·sign ∇J, the paper's. L2: x + ε·∇J/‖∇J‖₂ (Foolbox's L2FastGradientAttack). L1: the exact maximiser of
 * ∇J·δ over L1 ball ∩ box. No random start, no options.
 */
export const fgsm = defineGradientAttack({
  name: 'fgsm',
  summary: 'one step along the gradient, as long as epsilon allows',
  when: 'a first look within seconds; what survives it may fall to anything stronger',
  cost: () => ({ gradient: 1, forward: 0 }),
  paper: '1412.6572',
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'gradient',
  options: v.object({}),
  *run({ x, ball }) {
    const { gradient } = yield { want: 'gradient', at: x };
    return ball.extreme(gradient);
  },
});
