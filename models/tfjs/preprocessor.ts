import type { Tensor } from '@tensorflow/tfjs';
import type { Preprocessing } from '../../src/graph/model.ts';
import { affineOf } from '../../src/graph/preprocessing.ts';
import type { Tf } from './tf.ts';

/** What `affineOf` says, in TF.js. */
export function preprocessor(tf: Tf, preprocessing: Preprocessing, inputShape: readonly number[]): (x: Tensor) => Tensor {
  const affine = affineOf(preprocessing, inputShape);
  if (!affine) return (x) => x;
  const { gain, shift } = affine;
  return (x) => tf.add(tf.mul(x, tf.tensor1d([...gain])), tf.tensor1d([...shift]));
}
