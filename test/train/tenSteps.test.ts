import * as tf from '@tensorflow/tfjs';
import type { LayersModel, NamedTensorMap, Optimizer, Tensor, Variable } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { fromLayersModel } from '../../models/index.ts';
import { randomOf } from '../../src/core/random.ts';
import { choose } from '../../src/train/choose.ts';
import { descend, startDescent } from '../../src/train/descent.ts';
import { optimizers } from '../../src/train/optimizers/index.ts';
import { residual } from '../support/nets.ts';
import { openSteps, trainableOf, valuesOf } from '../support/trainingStep.ts';

const [rows, shape] = [4, [6, 6, 1]];
const labels = [0, 1, 2, 3];
/** Batches of their own, so that no step can stand in for another. */
const batches = Array.from({ length: 10 }, (_, step) => {
  const random = randomOf(9, step);
  return Float32Array.from({ length: rows * 36 }, () => random.uniform());
});
/** Batch norm in training mode. Tanh: nowhere a kink that rounding could cross. */
const build = () => residual(tf, { inputShape: shape, activation: 'tanh', end: 'linear' });

type Apply = (gradients: NamedTensorMap) => void;

function eager(applying: (model: LayersModel) => Apply): readonly Float32Array[] {
  const model = build();
  const apply = applying(model);
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  for (const x of batches) {
    tf.tidy(() => {
      const logits = () => model.apply(tf.tensor(x, [rows, ...shape]), { training: true }) as Tensor;
      apply(tf.variableGrads(() => tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 4), logits()), variables).grads);
    });
  }
  return numbersOf(model);
}

async function compiled(name: string, options: Record<string, unknown>, learningRate: number): Promise<readonly Float32Array[]> {
  const trainable = trainableOf(await fromLayersModel(build()));
  const { step, release } = await openSteps(trainable, rows);
  const weights: Map<string, Float32Array> = new Map(Array.from(valuesOf(trainable), ([key, values]) => [key, values.slice()]));
  const optimizer = choose('optimizer', optimizers, { name, options });
  const descent = startDescent(optimizer, weights);
  for (const x of batches) {
    const { gradients, statistics } = await step({ views: [x], labels }, weights);
    descend(optimizer, descent, weights, gradients, learningRate);
    for (const [key, values] of statistics) weights.set(key, values);
  }
  await release();
  return [...weights.values()];
}

const byTfjs = (optimizer: Optimizer) => (): Apply => (gradients) => optimizer.applyGradients(gradients);

/** AdamW, which TF.js lacks, in float64: weights that shrink before Adam's step. */
function byFormula(rate: number, decay: number): (model: LayersModel) => Apply {
  return (model) => {
    const states = model.trainableWeights.map((weight) => {
      const variable = weight.read() as Variable;
      return { variable, theta: Array.from(variable.dataSync()), m: new Float64Array(variable.size), v: new Float64Array(variable.size) };
    });
    let t = 0;
    return (gradients) => {
      t++;
      for (const { variable, theta, m, v } of states) {
        for (const [i, g] of gradients[variable.name]!.dataSync().entries()) {
          m[i] = 0.9 * m[i]! + 0.1 * g;
          v[i] = 0.999 * v[i]! + 0.001 * g * g;
          theta[i] = (1 - rate * decay) * theta[i]! - (rate * m[i]) / (1 - 0.9 ** t) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
        }
        variable.assign(tf.tensor(theta, variable.shape));
      }
    };
  };
}

/** In the order of the model, the moving averages among them. */
const numbersOf = (model: LayersModel) => model.weights.map((weight) => weight.read().dataSync<'float32'>());

/** The length of the difference, in units of the way from the start. */
function apart(found: readonly Float32Array[], expected: readonly Float32Array[]): number {
  const start = numbersOf(build());
  const between = (others: readonly Float32Array[]) => Math.hypot(...expected.flatMap((values, k) => Array.from(values, (value, i) => value - others[k]![i]!)));
  return between(found) / between(start);
}

test.each<[string, Record<string, unknown>, number, (model: LayersModel) => Apply]>([
  ['sgd', { momentum: 0, weightDecay: 0 }, 0.1, byTfjs(tf.train.sgd(0.1))],
  ['sgd', { momentum: 0.9, weightDecay: 0 }, 0.1, byTfjs(tf.train.momentum(0.1, 0.9))],
  ['adam', {}, 0.002, byTfjs(tf.train.adam(0.002, 0.9, 0.999, 1e-8))],
  ['adamw', { weightDecay: 0.3 }, 0.002, byFormula(0.002, 0.3)],
])('ten steps of %s %j on the compiled engine end where those of eager TF.js do', async (name, options, rate, reference) => {
  expect(apart(await compiled(name, options, rate), eager(reference))).toBeLessThan(2e-5);
});
