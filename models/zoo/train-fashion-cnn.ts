/**
 * Trains the bundled model, models/zoo/fashion-cnn, on the bundled 10,000 training images.
 * `npx tsx models/zoo/train-fashion-cnn.ts [FOLDER]` takes about four minutes on one core; models/zoo/README.md has the
 * recipe's figures.
 *
 * One seed fixes the initial weights, the order, the augmentation and dropout, and one wasm thread the order of every
 * sum, so a run gives the same weights as the run before it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { packageRoot } from '../../src/core/package.ts';
import { randomOf } from '../../src/core/random.ts';
import { augmentedBatches, side, type Batch, type Images } from './augmentedBatches.ts';
import { fashionCnn, trainingLogits } from './fashionCnn.ts';
import { saveLayersModel } from './saveLayersModel.ts';

export const recipe = {
  seed: 1,
  epochs: 30,
  batchSize: 100,
  /** At the start; a half cosine brings it to 0. */
  learningRate: 0.05,
  momentum: 0.9,
  weightDecay: 5e-4,
  /** Share of the dense layers' inputs. */
  dropout: 0.3,
  /** Pixels, each way. */
  shift: 1,
};

/** Trains by Nesterov's momentum, one step at a time: yields the loss of each mini-batch. */
export function* train(model: tf.LayersModel, images: Images): Generator<number> {
  const { seed, epochs, batchSize, learningRate, momentum, shift } = recipe;
  const steps = epochs * Math.floor(images.y.length / batchSize);
  const optimizer = tf.train.momentum(learningRate, momentum, true);
  const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const batch of augmentedBatches(images, batchSize, shift, randomOf(seed, 'train', epoch))) {
      optimizer.setLearningRate((learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2);
      yield descend(optimizer, weights, batch, step++);
    }
  }
  optimizer.dispose();
}

function descend(optimizer: tf.Optimizer, weights: tf.Variable[], { x, y }: Batch, step: number): number {
  const { seed, dropout, weightDecay } = recipe;
  return tf.tidy(() => {
    const points = tf.tensor4d(x, [y.length, side, side, 1]);
    const labels = tf.oneHot(tf.tensor1d(y, 'int32'), 10);
    const loss = () => {
      const fit = tf.losses.softmaxCrossEntropy(labels, trainingLogits(weights, points, dropout, seed + 2 * step));
      const squares = tf.addN(weights.map((weight) => weight.square().sum()));
      return fit.add<tf.Scalar>(squares.mul(weightDecay / 2));
    };
    return optimizer.minimize(loss, true, weights)?.dataSync()[0] as number;
  });
}

/** Share of images whose largest output is their label's. */
export function accuracy(model: tf.LayersModel, { x, y }: Images): number {
  return tf.tidy(() => {
    const outputs = model.predict(tf.tensor4d(x, [y.length, side, side, 1]), { batchSize: 250 }) as tf.Tensor;
    const predicted = outputs.argMax(-1).dataSync();
    return y.reduce((right, label, i) => right + Number(predicted[i] === label), 0) / y.length;
  });
}

/** A split of the bundled data. Its IDX files have 16 and 8 bytes of header. */
export async function bundledImages(split: 'train' | 't10k'): Promise<Images> {
  const bytes = async (name: string) =>
    gunzipSync(await readFile(join(packageRoot, 'datasets/fashion-mnist', `${split}-${name}-ubyte.gz`)));
  const [pixels, labels] = [await bytes('images-idx3'), await bytes('labels-idx1')];
  return { x: Float32Array.from(pixels.subarray(16), (pixel) => pixel / 255), y: Uint8Array.from(labels.subarray(8)) };
}

/** Chooses the backend under which training repeats itself exactly. */
export async function useOneWasmThread(): Promise<void> {
  setThreadsCount(1);
  await tf.setBackend('wasm');
}

async function main(folder: string): Promise<void> {
  await useOneWasmThread();
  const [training, test] = [await bundledImages('train'), await bundledImages('t10k')];
  const model = fashionCnn(recipe.seed);
  const perEpoch = training.y.length / recipe.batchSize;
  const losses: number[] = [];
  for (const loss of train(model, training)) {
    losses.push(loss);
    if (losses.length % perEpoch > 0) continue;
    const mean = losses.slice(-perEpoch).reduce((sum, value) => sum + value, 0) / perEpoch;
    console.log(`epoch ${losses.length / perEpoch} of ${recipe.epochs}: loss ${mean.toFixed(4)}`);
  }
  console.log(`accuracy: training ${accuracy(model, training)}, test ${accuracy(model, test)}`);
  await saveLayersModel(model, folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv[2] ?? join(packageRoot, 'models/zoo/fashion-cnn'));
}
