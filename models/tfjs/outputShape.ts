import type { Tensor } from '@tensorflow/tfjs';
import { Untraceable } from '../../src/graph/ir.ts';
import type { Tf } from './tf.ts';
import { trace } from './trace.ts';

/** The shape that f gives for an input of a shape: from a trace, which computes nothing, or else by running it. */
export function outputShape(tf: Tf, f: (x: Tensor) => Tensor, inputShape: readonly number[]): readonly number[] {
  try {
    return trace(tf, f, inputShape).outputs.get('logits')?.shape ?? [];
  } catch (error) {
    if (!(error instanceof Untraceable)) throw error;
    return tf.tidy(() => f(tf.zeros([...inputShape])).shape);
  }
}
