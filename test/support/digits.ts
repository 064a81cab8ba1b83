import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Tf } from '../../models/tfjs/tf.ts';

/** A tensor of the conformance files: row-major. */
export interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const read = async <T>(name: string): Promise<T> =>
  JSON.parse(await readFile(new URL(`../fixtures/conformance/${name}.json`, import.meta.url), 'utf8')) as T;

/** What reference implementations do on the model, by name; one channel, so that NCHW and NHWC hold the same numbers. */
export const digitsVectors = (): Promise<Record<string, Stored>> => read('digits-vectors');

/** The conformance model's weights by PyTorch's names: OIHW, and [out, in]. */
export const digitsWeights = (): Promise<Record<string, Stored>> => read('digits-weights');

/** 397 images of 8×8 integers 0…16, and their labels. */
export const digitsTest = (): Promise<{ images: number[][]; labels: number[] }> => read('digits-test');

/** The conformance model as PyTorch exported it: input [N, 1, 8, 8], 10 logits. */
export const digitsOnnx = fileURLToPath(new URL('../fixtures/conformance/digits-cnn.onnx', import.meta.url));

/** The conformance model as a LayersModel: input [8, 8, 1] in [0, 1], 10 logits. */
export async function digitsModel(tf: Tf): Promise<LayersModel> {
  const { layers } = tf;
  const model = tf.sequential({
    layers: [
      layers.conv2d({ inputShape: [8, 8, 1], filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }),
      // PyTorch pads both sides; TF's 'same' pads only the end at stride 2.
      layers.zeroPadding2d({ padding: 1 }),
      layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      // PyTorch flattens the channels first.
      layers.permute({ dims: [3, 1, 2] }),
      layers.flatten(),
      layers.dense({ units: 32, activation: 'relu' }),
      layers.dense({ units: 10 }),
    ],
  });
  const weights = await digitsWeights();
  const tensor = (name: string, perm: number[]): Tensor => {
    const { data, shape } = weights[name]!;
    return tf.transpose(tf.tensor([...data], [...shape]), perm);
  };
  const layer = (name: string, perm: number[]): Tensor[] => [tensor(`${name}.weight`, perm), tensor(`${name}.bias`, [0])];
  tf.tidy(() => {
    model.setWeights([...layer('0', [2, 3, 1, 0]), ...layer('2', [2, 3, 1, 0]), ...layer('6', [1, 0]), ...layer('8', [1, 0])]);
  });
  return model;
}
