import * as tf from '@tensorflow/tfjs';

/** Two strided 4×4 convolutions and two dense layers: 166,406 weights. */
export function fashionCnn(seed: number): tf.Sequential {
  const start = (offset: number) => tf.initializers.heNormal({ seed: seed + offset });
  const conv = { kernelSize: 4, strides: 2, padding: 'same', activation: 'relu' } as const;
  return tf.sequential({
    name: 'fashion_cnn',
    layers: [
      tf.layers.conv2d({ ...conv, name: 'conv1', filters: 16, inputShape: [28, 28, 1], kernelInitializer: start(1) }),
      tf.layers.conv2d({ ...conv, name: 'conv2', filters: 32, kernelInitializer: start(2) }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({ name: 'dense1', units: 100, activation: 'relu', kernelInitializer: start(3) }),
      tf.layers.dense({ name: 'dense2', units: 10, activation: 'softmax', kernelInitializer: start(4) }),
    ],
  });
}

/** a·b for matrices. TF.js's own gradient multiplies with a transposing kernel that is many times slower on wasm. */
const product = tf.customGrad<tf.Tensor2D>((...args) => {
  const [a, b, keep] = args as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
  keep([a, b]);
  return {
    value: tf.matMul(a, b),
    gradFunc: (dy, [left, right]) => [
      tf.matMul(dy, (right as tf.Tensor2D).transpose()),
      tf.matMul((left as tf.Tensor2D).transpose(), dy),
    ],
  };
});

/**
 * A 4×4 convolution of stride 2 and same padding as one matrix product: TF.js's wasm backend has no filter gradient.
 * Folding 2×2 pixels into channels makes it a 2×2 convolution of stride 1, whose patches are four slices.
 */
function strided(x: tf.Tensor4D, kernel: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  const [n, height, , channels] = x.shape;
  const half = height / 2;
  const filters = kernel.shape[3];
  const cells = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
    .reshape([n, half + 1, 2, half + 1, 2, channels])
    .transpose([0, 1, 3, 2, 4, 5])
    .reshape<tf.Tensor4D>([n, half + 1, half + 1, 4 * channels]);
  const corners = [[0, 0], [0, 1], [1, 0], [1, 1]] as const;
  const patches = tf.concat(corners.map(([i, j]) => tf.slice(cells, [0, i, j, 0], [n, half, half, 4 * channels])), 3);
  const matrix = kernel.reshape([2, 2, 2, 2, channels, filters]).transpose([0, 2, 1, 3, 4, 5]);
  const products = product(patches.reshape([-1, 16 * channels]), matrix.reshape([16 * channels, filters]));
  return products.add(bias).relu().reshape([n, half, half, filters]);
}

/** The model's logits, with dropout before both dense layers when a seed is given. */
export function trainingLogits(weights: readonly tf.Tensor[], x: tf.Tensor4D, dropout = 0, seed = 0): tf.Tensor2D {
  const [k1, b1, k2, b2, w1, c1, w2, c2] = weights as [
    tf.Tensor4D, tf.Tensor1D, tf.Tensor4D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D, tf.Tensor2D, tf.Tensor1D];
  const drop = (t: tf.Tensor, offset: number) => (dropout > 0 ? tf.dropout(t, dropout, undefined, seed + offset) : t);
  const flat = strided(strided(x, k1, b1), k2, b2).reshape([x.shape[0], -1]);
  const hidden = product(drop(flat, 1), w1).add(c1).relu();
  return product(drop(hidden, 2), w2).add(c2);
}
