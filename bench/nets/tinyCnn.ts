import * as tf from '@tensorflow/tfjs';
import { Seeds } from './seeds.ts';

/** Two strided 4×4 convolutions and two dense layers on 28×28×1: what robust training on MNIST is often shown with. 166 k weights. */
export function tinyCnn(): tf.LayersModel {
  const { fromFanIn: kernelInitializer } = new Seeds();
  const conv = (filters: number) =>
    ({ filters, kernelSize: 4, strides: 2, padding: 'same', activation: 'relu', kernelInitializer: kernelInitializer() }) as const;
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ ...conv(16), inputShape: [28, 28, 1] }),
      tf.layers.conv2d(conv(32)),
      tf.layers.flatten(),
      tf.layers.dense({ units: 100, activation: 'relu', kernelInitializer: kernelInitializer() }),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: kernelInitializer() }),
    ],
  });
}
