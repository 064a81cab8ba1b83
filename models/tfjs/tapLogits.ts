import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import type { Tf } from './tf.ts';

type Layer = SymbolicTensor['sourceLayer'];
interface Activated {
  activation: { getClassName(): string };
}
interface SoftmaxLayer {
  softmax: (x: unknown) => unknown;
}

/** Activations that turn logits into probabilities, as a user calls them. */
const normalisers: Readonly<Record<string, string>> = { softmax: 'softmax', logSoftmax: 'log-softmax', sigmoid: 'sigmoid' };

/** Layers whose `activation` is the last thing they do. */
const activated = new Set(
  ['Activation', 'Dense', 'EinsumDense', 'Conv1D', 'Conv2D', 'Conv2DTranspose', 'SeparableConv2D', 'DepthwiseConv2D'],
);
/** Layers that leave every value as it is when the model is not training. */
const transparent = new Set(['Flatten', 'Reshape', 'Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout']);

/**
 * Makes the model return what goes into its final softmax or sigmoid, and names what was taken away; leaves a model
 * that ends otherwise alone. The weights stay shared: the last activation becomes linear, in place.
 */
export function tapLogits(tf: Tf, model: LayersModel): string | undefined {
  const [output] = model.outputs;
  const last = output && lastComputation(tf, output);
  const name = last && normaliserOf(last.sourceLayer);
  if (!name || (name !== 'sigmoid' && !isOneDistribution(last))) return undefined;
  const layer = last.sourceLayer as unknown as Activated & SoftmaxLayer;
  if (last.sourceLayer.getClassName() === 'Softmax') layer.softmax = (x) => x;
  else layer.activation = (tf.layers.activation({ activation: 'linear' }) as unknown as Activated).activation;
  return normalisers[name];
}

/** The tensor that the output is a copy of, seen through nested models; undefined where something else uses it too. */
function lastComputation(tf: Tf, output: SymbolicTensor): SymbolicTensor | undefined {
  const layer = output.sourceLayer;
  if (!isUsedOnce(tf, layer)) return undefined;
  const inner = layer instanceof tf.LayersModel ? layer.outputs[0] : undefined;
  const before = transparent.has(layer.getClassName()) || isLinear(layer) ? output.inputs[0] : undefined;
  const next = inner ?? before;
  return next ? lastComputation(tf, next) : output;
}

function isUsedOnce(tf: Tf, layer: Layer): boolean {
  // A model counts its own definition as one use.
  const uses = layer.inboundNodes.length - (layer instanceof tf.LayersModel ? 1 : 0);
  return uses <= 1 && layer.outboundNodes.length <= 1;
}

function normaliserOf(layer: Layer): string | undefined {
  if (layer.getClassName() === 'Softmax') return 'softmax';
  const name = activated.has(layer.getClassName()) ? activationOf(layer) : undefined;
  return name !== undefined && name in normalisers ? name : undefined;
}

function isLinear(layer: Layer): boolean {
  return layer.getClassName() === 'Activation' && activationOf(layer) === 'linear';
}

function activationOf(layer: Layer): string {
  return (layer as unknown as Activated).activation.getClassName();
}

/** A softmax over the last axis normalises all the classes together only where the other axes are 1. */
function isOneDistribution({ shape }: SymbolicTensor): boolean {
  return shape.slice(1, -1).every((n) => n === 1);
}
