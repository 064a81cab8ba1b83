import type { layers, LayersModel, Tensor } from '@tensorflow/tfjs';
import { statisticOutput } from '../../src/graph/trainable.ts';
import type { Tf } from './tf.ts';
import type { Tracing } from './trace.ts';

type Layer = layers.Layer;
type Call = Layer['call'];

/**
 * Runs a model in training mode on the recording backend. TF.js moves averages by assigning variables and draws by
 * Math.random: neither has a place in a graph, so those layers do the same by ops of the graph instead. New averages become
 * outputs, random numbers inputs.
 */
export function inTraining<T>(tf: Tf, model: LayersModel, tracing: Tracing, run: () => T): T {
  const at: Site = { tf, tracing, draws: { next: 0 } };
  const replaced = layersOf(model).flatMap((layer) => {
    const call = calls[layer.getClassName()]?.(layer as never, at);
    if (!call) return [];
    layer.call = call;
    return [layer];
  });
  try {
    return run();
  } finally {
    // The class's own shows again.
    for (const layer of replaced) Reflect.deleteProperty(layer, 'call');
  }
}

/** All layers, those inside models and wrappers too. */
export function layersOf(layer: Layer | LayersModel): Layer[] {
  const { layers: inside = [], layer: wrapped, forwardLayer, backwardLayer } = layer as unknown as Containers;
  return [...inside, wrapped, forwardLayer, backwardLayer].flatMap((each) => (each ? [each, ...layersOf(each)] : []));
}

interface Containers {
  readonly layers?: Layer[];
  readonly layer?: Layer;
  readonly forwardLayer?: Layer;
  readonly backwardLayer?: Layer;
}

interface Site {
  readonly tf: Tf;
  readonly tracing: Tracing;
  readonly draws: { next: number };
}

interface Variable {
  readonly originalName: string;
  read(): Tensor;
}
interface BatchNorm extends Layer {
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly gamma: Variable | null;
  readonly beta: Variable | null;
  readonly movingMean: Variable;
  readonly movingVariance: Variable;
}
interface Dropping extends Layer {
  readonly rate: number;
  readonly noiseShape?: readonly (number | null)[] | null;
  getNoiseShape?(x: Tensor): number[] | null | undefined;
}
interface Noisy extends Layer {
  readonly stddev: number;
}

const only = (inputs: Tensor | Tensor[]): Tensor => [inputs].flat()[0] as Tensor;

/** Random numbers for each example: an input of the graph, as an ONNX model's are. */
function drawn({ tracing, draws }: Site, kind: 'normal' | 'uniform', shape: readonly number[]): Tensor {
  return tracing.tensor(tracing.graph.input(`noise ${draws.next++}`, shape, 'float32', { kind, shape: shape.slice(1), source: '' }));
}

/** 1 with the probability 1 − rate, else 0. */
function kept(at: Site, rate: number, shape: readonly number[]): Tensor {
  return at.tf.cast(at.tf.greaterEqual(drawn(at, 'uniform', shape), rate), 'float32');
}

/** A rate that drops something, but not everything, as TF.js asks. */
const drops = (rate: number): boolean => rate > 0 && rate < 1;

function noiseShape(layer: Dropping, x: Tensor): readonly number[] {
  const shape = layer.getNoiseShape?.(x) ?? layer.noiseShape;
  return shape ? shape.map((n, axis) => n ?? (x.shape[axis] as number)) : x.shape;
}

function batchNorm(layer: BatchNorm, { tf, tracing }: Site): Call {
  const { graph, tensor, value, replace } = tracing;
  // Frozen, it keeps its statistics, as in Keras.
  if (!layer.trainable) {
    const inference = layer.call.bind(layer);
    return (inputs) => inference(inputs, { training: false });
  }
  /** A layer that is called again moves on from there. */
  const move = (average: Variable, towards: Tensor): void => {
    const before = average.read();
    const moved = value(tf.sub(before, tf.mul(tf.sub(before, towards), 1 - layer.momentum)));
    replace(before, moved);
    graph.output(statisticOutput(average.originalName), moved);
  };
  return (inputs) => {
    const x = only(inputs);
    const axis = layer.axis < 0 ? layer.axis + x.rank : layer.axis;
    const channels = [x.shape[axis] as number];
    const operands = [x, layer.gamma?.read() ?? tf.ones(channels), layer.beta?.read() ?? tf.zeros(channels)];
    const { outputs } = graph.add('BatchNormalization', operands.map(value), { axis, epsilon: layer.epsilon }, layer.name).node;
    const [y, mean, variance] = outputs.map(tensor) as [Tensor, Tensor, Tensor];
    move(layer.movingMean, mean);
    move(layer.movingVariance, variance);
    return y;
  };
}

const dropout = (layer: Dropping, at: Site): Call | undefined =>
  drops(layer.rate) ? (inputs) => {
    const x = only(inputs);
    return at.tf.mul(x, at.tf.mul(kept(at, layer.rate, noiseShape(layer, x)), 1 / (1 - layer.rate)));
  } : undefined;

/** SELU's value far below 0, which is what dropped values become; then mean and variance are restored: arXiv:1706.02515. */
const seluFloor = -1.6732632423543772 * 1.0507009873554805;

const alphaDropout = (layer: Dropping, at: Site): Call | undefined =>
  drops(layer.rate) ? (inputs) => {
    const { tf } = at;
    const x = only(inputs);
    const mask = kept(at, layer.rate, noiseShape(layer, x));
    const gain = ((1 - layer.rate) * (1 + layer.rate * seluFloor ** 2)) ** -0.5;
    const dropped = tf.add(tf.mul(x, mask), tf.mul(tf.sub(1, mask), seluFloor));
    return tf.sub(tf.mul(dropped, gain), gain * seluFloor * layer.rate);
  } : undefined;

const gaussianDropout = (layer: Dropping, at: Site): Call | undefined =>
  drops(layer.rate) ? (inputs) => {
    const x = only(inputs);
    const deviation = Math.sqrt(layer.rate / (1 - layer.rate));
    return at.tf.mul(x, at.tf.add(at.tf.mul(drawn(at, 'normal', x.shape), deviation), 1));
  } : undefined;

const gaussianNoise = (layer: Noisy, at: Site): Call => (inputs) => {
  const x = only(inputs);
  return at.tf.add(x, at.tf.mul(drawn(at, 'normal', x.shape), layer.stddev));
};

/** Layers that do in training what they do not otherwise, by class. */
const calls: Readonly<Record<string, (layer: never, at: Site) => Call | undefined>> = {
  BatchNormalization: batchNorm,
  Dropout: dropout,
  SpatialDropout1D: dropout,
  AlphaDropout: alphaDropout,
  GaussianDropout: gaussianDropout,
  GaussianNoise: gaussianNoise,
};
