import type { Values } from '../graph/trainable.ts';
import { ofLength } from './ofLength.ts';

/**
 * Moves running means of the weights towards the weights, in place: mean ← d · mean + (1 − d) · weight. Early on d is
 * less than `decay`, (1 + step) / (10 + step), lest the first weights linger. `step` counts from 0.
 */
export function average(means: Values, weights: Values, decay: number, step: number): void {
  const kept = Math.min(decay, (1 + step) / (10 + step));
  for (const [name, mean] of means) {
    const current = ofLength(mean.length, name, weights.get(name));
    for (let i = 0; i < mean.length; i++) mean[i] = kept * (mean[i] as number) + (1 - kept) * (current[i] as number);
  }
}
