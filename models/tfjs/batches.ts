import type { Tensor } from '@tensorflow/tfjs';
import { outputShape } from './outputShape.ts';
import type { Tf } from './tf.ts';

type F = (x: Tensor) => Tensor;

/** Whether two examples can go through at once: what was written for one may reshape to exactly that. */
export function takesBatches(tf: Tf, forward: F, inputShape: readonly number[]): boolean {
  try {
    return outputShape(tf, forward, [2, ...inputShape])[0] === 2;
  } catch {
    return false;
  }
}

export function rowByRow(tf: Tf, forward: F): F {
  return (x) => (x.shape[0] === 1 ? forward(x) : tf.concat(tf.split(x, x.shape[0]).map(forward)));
}
