import type { Parameter, Values } from '../graph/trainable.ts';
import { length } from './length.ts';
import { ofLength } from './ofLength.ts';

/**
 * Adversarial weight perturbation: the weights where the loss is greater, a step of gamma · ‖w‖ along each tensor's own
 * gradient of the loss. Wu et al. 2020, arXiv:2004.05884, one step as in the authors' code: gamma 0.01, 0.005 for TRADES.
 * Biases and scales, tensors with fewer than two axes, stay. The training step takes its gradients at these weights and
 * moves the original ones, which are untouched.
 */
export function perturbedWeights(parameters: readonly Pick<Parameter, 'name' | 'shape'>[], weights: Values, gradients: Values, gamma: number): Values {
  const moved = new Map(weights);
  for (const { name, shape } of parameters) {
    const gradient = gradients.get(name);
    if (!gradient || shape.length < 2) continue;
    const data = ofLength(gradient.length, name, weights.get(name));
    // Where the gradient is 0 there is no way up.
    const step = (gamma * length(data)) / (length(gradient) || Infinity);
    const own = data.slice();
    for (let i = 0; i < own.length; i++) own[i] = (own[i] as number) + step * (gradient[i] as number);
    moved.set(name, own);
  }
  return moved;
}
