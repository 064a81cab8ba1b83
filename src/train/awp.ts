import { length } from './length.ts';

/** A parameter as AWP sees it. */
export interface Shaped {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Adversarial weight perturbation: the weights where the loss is greater, a step of gamma · ‖w‖ along each tensor's own
 * gradient of the loss. Wu et al. 2020, arXiv:2004.05884, one step as in the authors' code: gamma 0.01, 0.005 for TRADES.
 * Biases and scales, tensors with fewer than two axes, stay. The training step takes its gradients at these weights and
 * moves the original ones, which are untouched.
 */
export function perturbedWeights(parameters: readonly Shaped[], gradients: readonly Float32Array[], gamma: number): Float32Array[] {
  return parameters.map(({ shape, data }, k) => {
    const gradient = gradients[k];
    if (gradient?.length !== data.length) throw new Error(`parameter ${k}: it has ${data.length} values, its gradient ${gradient?.length ?? 'none'}`);
    const norm = length(gradient);
    if (shape.length < 2 || norm === 0) return data;
    const step = (gamma * length(data)) / norm;
    return data.map((weight, i) => weight + step * (gradient[i] as number));
  });
}
