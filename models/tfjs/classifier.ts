import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../src/core/errors.ts';
import type { Preprocessing, TfjsModel } from '../../src/graph/model.ts';
import { checkSizes } from '../checkSizes.ts';
import type { Tf } from './tf.ts';
import { trace } from './trace.ts';

/** A TF.js model taken apart: what it computes and what is known of it. */
export interface Parts extends Pick<TfjsModel, 'path' | 'format' | 'sha256' | 'inputShape' | 'parameters' | 'oneByOne' | 'trainable' | 'close'> {
  readonly preprocessing: Preprocessing;
  /** Examples, preprocessed, [n, …inputShape] to logits [n, units]. */
  readonly forward: (x: Tensor) => Tensor;
  readonly units: number;
  /** The activation that was taken from the end. */
  readonly tap: string | undefined;
}

/** More is a mistake in the file, and would not fit into memory. */
const mostClasses = 2 ** 20;

/** A classifier of its parts: examples in, logits out. */
export function classifier(tf: Tf, { forward, units, tap, ...known }: Parts, prepare: (x: Tensor) => Tensor): TfjsModel {
  if (units === 1 && tap !== 'sigmoid')
    throw new UserError(`${known.path}: the model has one output that is no sigmoid (a regression?); expected a classifier`);
  if (units > mostClasses) throw new UserError(`${known.path}: expected at most ${mostClasses} classes, found ${units}`);
  const logits = logitsFor(tf, { forward, units }, prepare);
  const eager = (x: Tensor): Tensor => tf.tidy(() => logits(x));
  return {
    ...known,
    classes: Math.max(units, 2),
    logits: describe(tap, units),
    eager,
    trace: (batch) => Promise.resolve().then(() => checkSizes(known.path, trace(tf, eager, [batch, ...known.inputShape]), batch)),
  };
}

/** From examples to logits [n, classes]. */
export function logitsFor(tf: Tf, { forward, units }: Pick<Parts, 'forward' | 'units'>, prepare: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  return (x) => (units === 1 ? withZero(tf, forward(prepare(x))) : forward(prepare(x)));
}

/** A sigmoid of z is a softmax of [0, z]. */
function withZero(tf: Tf, z: Tensor): Tensor {
  return tf.concat([tf.zerosLike(z), z], 1);
}

function describe(tap: string | undefined, units: number): string {
  if (tap === undefined) return 'as the model returns them';
  return `before the final ${tap}${units === 1 ? ', as two classes [0, z]' : ''}`;
}
