import * as tf from '@tensorflow/tfjs';
import { Seeds } from './seeds.ts';

/** Two 3×3 convolutions, a max-pool and two dense layers on 28×28×1: PyTorch's MNIST example. 1.2 M weights. */
export function smallCnn(): tf.LayersModel {
  const { kernel } = new Seeds();
  const conv = (filters: number) => ({ filters, kernelSize: 3, activation: 'relu', kernelInitializer: kernel() }) as const;
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ ...conv(32), inputShape: [28, 28, 1] }),
      tf.layers.conv2d(conv(64)),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 128, activation: 'relu', kernelInitializer: kernel() }),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: kernel() }),
    ],
  });
}
