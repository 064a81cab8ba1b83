import type { Tensor } from '@tensorflow/tfjs';
import { lossKind } from '../../src/core/losses.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { forwardGraph, gradientGraph } from '../../src/graph/prepare.ts';
import { trace } from '../../models/tfjs/trace.ts';
import type { Tf } from '../../models/tfjs/tf.ts';
import { relativeError } from '../support/relativeError.ts';

type F = (x: Tensor) => Tensor;

/** Largest relative differences between a function traced and compiled, and another one run by TF.js. */
export interface Errors {
  readonly logits: number;
  readonly gradient: number;
}

/** The gradient of Σ weights·f at x. */
export type Gradient = (f: F, x: Tensor, weights: Tensor) => Tensor;

const byTf =
  (tf: Tf): Gradient =>
  (f, x, weights) =>
    tf.grad((at: Tensor) => tf.sum(tf.mul(f(at), weights)))(x);

/** Of a linear (or affine) f, from its values at the unit vectors: for what TF.js does not differentiate. */
export const byUnitVectors =
  (tf: Tf): Gradient =>
  (f, x, weights) => {
    const weigh = (at: Tensor): number => tf.tidy(() => tf.sum(tf.mul(f(at), weights)).dataSync()[0]!);
    const origin = weigh(tf.zerosLike(x));
    const unit = (i: number): Tensor => tf.reshape(tf.oneHot(tf.scalar(i, 'int32'), x.size), x.shape);
    return tf.tensor1d(Array.from({ length: x.size }, (_, i) => weigh(tf.cast(unit(i), 'float32')) - origin));
  };

/** Compares f compiled with `reference` eager, at random points, and the gradients of a random sum of their outputs. */
export async function compiledAgainstEager(tf: Tf, f: F, reference: F, shape: number[], gradientOf = byTf(tf)): Promise<Errors> {
  const x = tf.randomUniform(shape, -1, 1, 'float32', 'x');
  const logits = tf.tidy(() => reference(x));
  const weights = tf.randomUniform(logits.shape, -1, 1, 'float32', 'weights');
  const graph = await gradientGraph(trace(tf, f, shape), evaluate);
  const outputs = await evaluate(graph, {
    x: x.dataSync() as Float32Array,
    lossKind: new Float32Array(shape[0]!).fill(lossKind.linear),
    lossA: weights.dataSync() as Float32Array,
    lossB: new Float32Array(weights.size),
  });
  const gradient = tf.tidy(() => gradientOf(reference, x, weights));
  return {
    logits: relativeError(outputs.get('logits')!.data, logits.dataSync()),
    gradient: relativeError(outputs.get('gradient')!.data, gradient.dataSync()),
  };
}

/** The same without gradients, where mathematics has none. */
export async function forwardAgainstEager(tf: Tf, f: F, shape: number[]): Promise<number> {
  const x = tf.randomUniform(shape, -1, 1, 'float32', 'x');
  const graph = await forwardGraph(trace(tf, f, shape), evaluate);
  const outputs = await evaluate(graph, { x: x.dataSync() as Float32Array });
  return relativeError(outputs.get('logits')!.data, tf.tidy(() => f(x)).dataSync());
}
