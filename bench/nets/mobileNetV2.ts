import * as tf from '@tensorflow/tfjs';
import { Seeds } from './seeds.ts';

/** Expansion, channels, repeats and stride of each stage: arXiv:1801.04381, table 2. */
const stages = [
  [1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1],
] as const;

/** MobileNetV2 for 224×224×3 with 1,000 classes. 3.5 M weights. */
export function mobileNetV2(): tf.LayersModel {
  const seeds = new Seeds();
  const norm = (x: tf.SymbolicTensor) => tf.layers.batchNormalization(seeds.batchNorm()).apply(x) as tf.SymbolicTensor;
  const relu6 = (x: tf.SymbolicTensor) => tf.layers.reLU({ maxValue: 6 }).apply(x) as tf.SymbolicTensor;
  const conv = (x: tf.SymbolicTensor, filters: number, kernelSize: number, strides: number) =>
    norm(tf.layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false, kernelInitializer: seeds.kernel() })
      .apply(x) as tf.SymbolicTensor);
  const depthwise = (x: tf.SymbolicTensor, strides: number) =>
    norm(tf.layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false, depthwiseInitializer: seeds.depthwise(3) })
      .apply(x) as tf.SymbolicTensor);
  const block = (x: tf.SymbolicTensor, expansion: number, filters: number, strides: number) => {
    const channels = x.shape.at(-1) as number;
    const wide = expansion === 1 ? x : relu6(conv(x, expansion * channels, 1, 1));
    const y = conv(relu6(depthwise(wide, strides)), filters, 1, 1);
    return strides === 1 && channels === filters ? (tf.layers.add().apply([x, y]) as tf.SymbolicTensor) : y;
  };

  const inputs = tf.input({ shape: [224, 224, 3] });
  let x = relu6(conv(inputs, 32, 3, 2));
  for (const [expansion, filters, repeats, strides] of stages) {
    for (let i = 0; i < repeats; i++) x = block(x, expansion, filters, i === 0 ? strides : 1);
  }
  const pooled = tf.layers.globalAveragePooling2d({}).apply(relu6(conv(x, 1280, 1, 1)));
  const dense = tf.layers.dense({ units: 1000, activation: 'softmax', kernelInitializer: seeds.kernel() });
  return tf.model({ inputs, outputs: dense.apply(pooled) as tf.SymbolicTensor });
}
