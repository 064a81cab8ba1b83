import type { Tensor } from '@tensorflow/tfjs';
import { lossKind } from '../../src/core/losses.ts';
import { evaluate } from '../../src/engine/session.ts';
import { forwardGraph, gradientGraph } from '../../src/graph/prepare.ts';
import { trace } from '../../models/tfjs/trace.ts';
import type { Tf } from '../../models/tfjs/tf.ts';
import { relativeError } from '../support/closeTo.ts';

type F = (x: Tensor) => Tensor;

/** Largest relative differences between a function traced and compiled, and another one run by TF.js. */
export interface Errors {
  readonly logits: number;
  readonly gradient: number;
}

/** Compares f compiled with `reference` eager, at random points, and the gradients of a random sum of their outputs. */
export async function compiledAgainstEager(tf: Tf, f: F, reference: F, shape: number[]): Promise<Errors> {
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
  const gradient = tf.grad((at: Tensor) => tf.sum(tf.mul(reference(at), weights)))(x);
  return {
    logits: relativeError(outputs.get('logits')!.data, logits.dataSync()),
    gradient: relativeError(outputs.get('gradient')!.data, gradient.dataSync()),
  };
}

/** The same without gradients, for what TF.js or mathematics does not differentiate. */
export async function forwardAgainstEager(tf: Tf, f: F, shape: number[]): Promise<number> {
  const x = tf.randomUniform(shape, -1, 1, 'float32', 'x');
  const graph = await forwardGraph(trace(tf, f, shape), evaluate);
  const outputs = await evaluate(graph, { x: x.dataSync() as Float32Array });
  return relativeError(outputs.get('logits')!.data, tf.tidy(() => f(x)).dataSync());
}
