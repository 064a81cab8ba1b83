import * as v from 'valibot';
import { flag, notNegative } from '../../core/options.ts';
import { defineOptimizer } from './optimizer.ts';

/**
 * Gradient descent with momentum: u ← momentum · u + g, w ← w − rate · u, where g includes the L2 penalty's weightDecay · w.
 * Defaults are those of adversarial training on CIFAR-10 (Rice et al. 2020, arXiv:2002.11569): 0.1, 0.9, 5e-4.
 */
export const sgd = defineOptimizer({
  name: 'sgd',
  summary: 'gradient descent with momentum',
  learningRate: 0.1,
  options: v.object({
    momentum: notNegative({ default: 0.9, below: 1, description: 'share of the last move that the next one keeps' }),
    nesterov: flag({ default: false, description: 'look ahead by the momentum' }),
    weightDecay: notNegative({ default: 5e-4, description: 'L2 penalty: weightDecay · w joins the gradient' }),
  }),
  memory: ['u'],
  move({ weights, gradient, memory: { u } }, { learningRate }, { momentum, nesterov, weightDecay }) {
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i] as number;
      const g = (gradient[i] as number) + weightDecay * w;
      const moved = momentum * (u[i] as number) + g;
      u[i] = moved;
      weights[i] = w - learningRate * (nesterov ? g + momentum * moved : moved);
    }
  },
});
