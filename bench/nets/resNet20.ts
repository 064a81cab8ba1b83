import * as tf from '@tensorflow/tfjs';
import { Seeds } from './seeds.ts';

/** ResNet-20 for 32×32×3 (arXiv:1512.03385, section 4.2) with projection shortcuts. 0.27 M weights. */
export function resNet20(): tf.LayersModel {
  const seeds = new Seeds();
  const conv = (x: tf.SymbolicTensor, filters: number, kernelSize: number, strides: number) => {
    const kernelInitializer = seeds.kernel();
    const y = tf.layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false, kernelInitializer }).apply(x);
    return tf.layers.batchNormalization(seeds.batchNorm()).apply(y) as tf.SymbolicTensor;
  };
  const relu = (x: tf.SymbolicTensor) => tf.layers.reLU().apply(x) as tf.SymbolicTensor;
  const block = (x: tf.SymbolicTensor, filters: number, strides: number) => {
    const y = conv(relu(conv(x, filters, 3, strides)), filters, 3, 1);
    const shortcut = strides === 1 ? x : conv(x, filters, 1, strides);
    return relu(tf.layers.add().apply([y, shortcut]) as tf.SymbolicTensor);
  };

  const inputs = tf.input({ shape: [32, 32, 3] });
  let x = relu(conv(inputs, 16, 3, 1));
  for (const [filters, strides] of [[16, 1], [32, 2], [64, 2]] as const) {
    for (let i = 0; i < 3; i++) x = block(x, filters, i === 0 ? strides : 1);
  }
  const pooled = tf.layers.globalAveragePooling2d({}).apply(x);
  const dense = tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: seeds.kernel() });
  return tf.model({ inputs, outputs: dense.apply(pooled) as tf.SymbolicTensor });
}
