import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../src/core/errors.ts';
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

/** The shape for one example. What is wrong with a saved model shows, at the latest, when it first runs. */
export function shapeForOne(tf: Tf, f: (x: Tensor) => Tensor, inputShape: readonly number[], path: string): readonly number[] {
  try {
    return outputShape(tf, f, [1, ...inputShape]);
  } catch (cause) {
    const [line] = (cause as Error).message.split('\n', 1);
    const unknown = /^Unknown op '(\w+)'/.exec(line ?? '')?.[1];
    const why = unknown === undefined ? `TF.js cannot run this model: ${line}` : `unknown op '${unknown}': TF.js has none of this name`;
    throw new UserError(`${path}: ${why}`, { cause });
  }
}
