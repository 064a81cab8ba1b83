import * as tf from '@tensorflow/tfjs';
import type { LayersModel, Optimizer, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { randomOf } from '../../src/core/random.ts';
import type { Values } from '../../src/graph/trainable.ts';
import { choose } from '../../src/train/choose.ts';
import { descend, startDescent } from '../../src/train/descent.ts';
import { optimizers } from '../../src/train/optimizers/index.ts';
import { smallCnn } from '../support/nets.ts';

const steps = 10;
const optimizer = (name: string, options: Record<string, unknown> = {}) => choose('optimizer', optimizers, { name, options });
const variablesOf = (model: LayersModel) => model.trainableWeights.map((weight) => weight.read() as Variable);
const valuesOf = (tensors: readonly Tensor[]) => new Map(tensors.map((tensor, k) => [String(k), tensor.dataSync<'float32'>().slice()]));
const values = (...vectors: readonly number[][]) => new Map(vectors.map((vector, k) => [String(k), Float32Array.from(vector)]));

/** Cross-entropy on a batch of its own for every step, with an L2 penalty. Tanh: nowhere a kink that rounding could cross. */
function lossOf(model: LayersModel, step: number, penalty: number): () => Scalar {
  const random = randomOf(9, step);
  const x = tf.tensor4d(Float32Array.from({ length: 4 * 64 }, () => random.uniform()), [4, 8, 8, 1]);
  const y = tf.oneHot([0, 1, 2, 3], 4);
  return () => tf.tidy(() => {
    const squares = variablesOf(model).map((weights) => tf.sum(tf.square(weights)));
    const entropy = tf.losses.softmaxCrossEntropy(y, model.predict(x) as Tensor);
    return tf.add<Scalar>(entropy, tf.mul(penalty / 2, tf.addN(squares)));
  });
}

/** The largest difference, in units of the longest way that a weight went. */
function apart(found: Values, expected: Values, start: Values): number {
  const largest = (others: Values) =>
    Math.max(...Array.from(expected, ([name, vector]) => Math.max(...vector.map((value, i) => Math.abs(value - others.get(name)![i]!)))));
  return largest(found) / largest(start);
}

/** TF.js keeps Adam's 0.999 in float32, whose distance from 1 is off by 1.3e-5. */
const rounding: Readonly<Record<string, number>> = { sgd: 2e-6, adam: 3e-5 };

describe('ten steps equal those of TF.js', () => {
  test.each<[string, Record<string, unknown>, number, (rate: number) => Optimizer]>([
    ['sgd', { momentum: 0.9, weightDecay: 0 }, 0.1, (rate) => tf.train.momentum(rate, 0.9)],
    ['sgd', { momentum: 0.9, nesterov: true, weightDecay: 0 }, 0.1, (rate) => tf.train.momentum(rate, 0.9, true)],
    ['sgd', { momentum: 0.9, weightDecay: 0.05 }, 0.1, (rate) => tf.train.momentum(rate, 0.9)],
    ['adam', {}, 0.01, (rate) => tf.train.adam(rate, 0.9, 0.999, 1e-8)],
    ['adam', { beta1: 0.8, beta2: 0.99, weightDecay: 0.05 }, 0.01, (rate) => tf.train.adam(rate, 0.8, 0.99, 1e-8)],
  ])('%s %j', (name, options, rate, reference) => {
    const [theirs, ours] = [smallCnn(tf, { activation: 'tanh', end: 'linear' }), smallCnn(tf, { activation: 'tanh', end: 'linear' })];
    const chosen = optimizer(name, options);
    const penalty = Number(options['weightDecay'] ?? 0);
    const start = valuesOf(variablesOf(ours));
    const weights = valuesOf(variablesOf(ours));
    const descent = startDescent(chosen, weights);
    const optimiser = reference(rate);
    for (let step = 0; step < steps; step++) {
      optimiser.minimize(lossOf(theirs, step, penalty), false, variablesOf(theirs));
      const variables = variablesOf(ours);
      const { grads } = tf.variableGrads(lossOf(ours, step, 0), variables);
      descend(chosen, descent, weights, valuesOf(variables.map(({ name: key }) => grads[key]!)), rate);
      variables.forEach((variable, k) => variable.assign(tf.tensor(weights.get(String(k))!, variable.shape)));
    }
      expect(apart(weights, valuesOf(variablesOf(theirs)), start)).toBeLessThan(rounding[name]!);
  });
});

/** AdamW's algorithm 2 in float64, with the decay in units of the learning rate. */
function adamwInFloat64(start: number, gradients: readonly number[], rate: number, decay: number): number {
  let [theta, m, v] = [start, 0, 0];
  gradients.forEach((g, i) => {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g ** 2;
    theta -= rate * (m / (1 - 0.9 ** (i + 1)) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8) + decay * theta);
  });
  return theta;
}

test('adamw follows its formula', () => {
  const random = randomOf(3);
  const chosen = optimizer('adamw', { weightDecay: 0.3 });
  const start = Array.from({ length: 50 }, () => random.normal());
  const gradients = Array.from({ length: steps }, () => start.map(() => random.normal()));
  const weights = values(start);
  const descent = startDescent(chosen, weights);
  for (const gradient of gradients) descend(chosen, descent, weights, values(gradient), 0.1);
  start.forEach((weight, i) => {
    expect(weights.get('0')![i]).toBeCloseTo(adamwInFloat64(weight, gradients.map((gradient) => gradient[i]!), 0.1, 0.3), 5);
  });
});

describe('under a gradient that never changes', () => {
  const afterTen = (name: string, options: Record<string, unknown>, gradient: number) => {
    const chosen = optimizer(name, options);
    const weights = values([1]);
    const descent = startDescent(chosen, weights);
    for (let step = 0; step < steps; step++) descend(chosen, descent, weights, values([gradient]), 0.01);
    return weights.get('0')![0];
  };

  test.each([1e-4, 1, 1e4])('adam moves by the learning rate each step, here %d', (gradient) => {
    expect(afterTen('adam', {}, gradient)).toBeCloseTo(1 - steps * 0.01, 4);
  });

  test('adamw shrinks the weight before the same step', () => {
    const shrunk = 1 - 0.01 * 0.5;
    expect(afterTen('adamw', { weightDecay: 0.5 }, 1)).toBeCloseTo(shrunk ** steps - (0.01 * (1 - shrunk ** steps)) / (1 - shrunk), 6);
  });

  test('momentum adds up to 1 / (1 − momentum)', () => {
    const moved = Array.from({ length: steps }, (_, step) => (1 - 0.5 ** (step + 1)) / 0.5).reduce((sum, one) => sum + one);
    expect(afterTen('sgd', { momentum: 0.5, weightDecay: 0 }, 1)).toBeCloseTo(1 - 0.01 * moved, 6);
  });
});

test.each(Object.keys(optimizers))('%s leaves weights alone whose gradient is 0, or that have none', (name) => {
  const chosen = optimizer(name, { weightDecay: 0 });
  const weights = values([1, -2, 3], [4]);
  descend(chosen, startDescent(chosen, weights), weights, values([0, 0, 0]), 0.1);
  expect(weights).toEqual(values([1, -2, 3], [4]));
});

test('gradients that do not fit the weights are our own bug', () => {
  const chosen = optimizer('sgd');
  const weights = values([1, 2, 3]);
  expect(() => descend(chosen, startDescent(chosen, weights), weights, values([1, 2]), 0.1)).toThrow('parameter 0: expected 2 numbers, found 3');
});

test.each([
  ['adm', {}, "unknown optimizer 'adm': did you mean adam? known are adam, adamw, sgd"],
  ['adam', { momentum: 0.9 }, "unknown option of adam 'momentum': known are beta1, beta2, weightDecay"],
  ['sgd', { momentum: '1' }, 'sgd: momentum: expected a number ≥ 0 and < 1, found "1"'],
  ['adamw', { weightDecay: -1 }, 'adamw: weightDecay: expected a number ≥ 0, found -1'],
])('%s %j is refused in one line', (name, options, message) => {
  expect(() => optimizer(name, options)).toThrow(message);
});
