import { distances } from '../core/norms.ts';
import type { Budget } from './budget.ts';

/** The nearest point that an image file of 8 bits can hold, for values in [0, 1]. */
export function roundedTo8Bits(point: Float32Array): Float32Array {
  const rounded = new Float32Array(point.length);
  for (let i = 0; i < point.length; i++) rounded[i] = Math.round(255 * (point[i] as number)) / 255;
  return rounded;
}

/**
 * True when a rounded point lies farther than epsilon. Two levels of 8 bits are a float32's rounding error nearer or
 * farther than their distance in full precision: hence a tolerance, which the judge does not have.
 */
export function leavesBudget(rounded: Float32Array, { x, norm, epsilon }: Budget): boolean {
  return distances(x, rounded)[norm] > epsilon * (1 + 1e-6) + 1e-7;
}
