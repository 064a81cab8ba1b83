import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../models/tfjs/tf.ts';

type Activation = 'relu' | 'tanh';

export interface Net {
  readonly inputShape?: readonly number[];
  readonly classes?: number;
  readonly seed?: number;
  /** 'tanh' gives the twin without kinks, for tight bounds on gradients. */
  readonly activation?: Activation;
  readonly end?: 'softmax' | 'linear';
}

/** Two convolutions, a pool and a dense layer. Random weights from the seed. */
export function smallCnn(tf: Tf, { inputShape = [8, 8, 1], classes = 4, seed = 1, activation = 'relu', end = 'softmax' }: Net = {}): LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [...inputShape], filters: 6, kernelSize: 3, padding: 'same', activation }),
      tf.layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation }),
      activation === 'relu' ? tf.layers.maxPooling2d({ poolSize: 2 }) : tf.layers.averagePooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 16, activation }),
      tf.layers.dense({ units: classes, activation: end }),
    ],
  });
  return seeded(tf, model, seed);
}

/** One hidden layer over a row of features. */
export function mlp(tf: Tf, { inputShape = [5], classes = 3, seed = 1, activation = 'relu', end = 'softmax' }: Net = {}): LayersModel {
  const layers = [
    tf.layers.dense({ inputShape: [...inputShape], units: 12, activation }),
    tf.layers.dense({ units: classes, activation: end }),
  ];
  return seeded(tf, tf.sequential({ layers }), seed);
}

/** Two residual blocks with batch norm, the second one strided, as in a ResNet. */
export function residual(tf: Tf, { inputShape = [8, 8, 3], classes = 4, seed = 1, activation = 'relu', end = 'softmax' }: Net = {}): LayersModel {
  const input = tf.input({ shape: [...inputShape] });
  const conv = (x: SymbolicTensor, filters: number, kernelSize: number, strides: number): SymbolicTensor => {
    const y = tf.layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x);
    return tf.layers.batchNormalization().apply(y) as SymbolicTensor;
  };
  const active = (x: SymbolicTensor): SymbolicTensor => tf.layers.activation({ activation }).apply(x) as SymbolicTensor;
  const block = (x: SymbolicTensor, filters: number, strides: number): SymbolicTensor => {
    const inner = conv(active(conv(x, filters, 3, strides)), filters, 3, 1);
    const shortcut = strides === 1 ? x : conv(x, filters, 1, strides);
    return active(tf.layers.add().apply([inner, shortcut]) as SymbolicTensor);
  };
  const body = block(block(active(conv(input, 4, 3, 1)), 4, 1), 8, 2);
  const pooled = tf.layers.globalAveragePooling2d({}).apply(body);
  const outputs = tf.layers.dense({ units: classes, activation: end }).apply(pooled) as SymbolicTensor;
  return seeded(tf, tf.model({ inputs: input, outputs }), seed);
}

/** Fills every weight from the seed: kernels by fan-in, so that signals keep their size; variances and gains near 1. */
export function seeded<M extends LayersModel>(tf: Tf, model: M, seed: number): M {
  const draw = ({ originalName, shape }: (typeof model.weights)[number], i: number): Tensor => {
    const sizes = shape as number[];
    const uniform = (low: number, high: number): Tensor => tf.randomUniform(sizes, low, high, 'float32', `${seed}/${i}`);
    if (/variance|gamma/.test(originalName)) return uniform(0.5, 1.5);
    if (sizes.length < 2) return uniform(-0.5, 0.5);
    const bound = Math.sqrt(3 / sizes.slice(0, -1).reduce((product, n) => product * n, 1));
    return uniform(-bound, bound);
  };
  tf.tidy(() => model.weights.forEach((weight, i) => void weight.write(draw(weight, i))));
  return model;
}
