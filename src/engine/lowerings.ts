import { int, ints } from '../graph/attributes.ts';
import { range, sizeOf } from '../graph/broadcast.ts';
import type { Attributes, DType, Node } from '../graph/ir.ts';
import { reducedAxes } from '../graph/shapes/reduce.ts';
import { batchNormLowering } from './batchNormLowering.ts';
import type { Lowered, Lowering } from './lowering.ts';
import { elementType } from './onnxBuilder.ts';
import { quantizedLowerings } from './quantizedLowerings.ts';

const shapeOf = (node: Node): readonly number[] => node.outputs[0]?.shape ?? [];
const inputShape = (node: Node): readonly number[] => node.inputs[0]?.shape ?? [];

const without = (attributes: Attributes, ...names: readonly string[]): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));

/** The op itself, with more inputs made from attributes (which `drop` names). */
const withInputs =
  (drop: readonly string[], more: (lowered: Lowered) => readonly string[]): Lowering =>
  (lowered) => {
    const { onnx, node, inputs, outputs } = lowered;
    onnx.node(node.op, [...inputs, ...more(lowered)], without(node.attributes, ...drop), outputs);
  };

const optionalScalar = ({ onnx, node }: Lowered, name: string): string => {
  const value = node.attributes[name];
  return typeof value === 'number' ? onnx.scalar(value) : '';
};

/**
 * Sums over runs of neighbouring axes as products with ones. ONNX Runtime's own reductions round differently by a
 * row's position in the batch (their SIMD tails); a matrix product does not.
 */
function sum({ onnx, node, inputs: [input = ''], outputs }: Lowered, scale: number): void {
  const shape = [...inputShape(node)];
  let [value, factor] = [input, scale];
  for (const [first, last] of runsOf(reducedAxes(node.attributes, shape.length))) {
    const before = sizeOf(shape.slice(0, first));
    const summed = sizeOf(shape.slice(first, last + 1));
    const after = sizeOf(shape.slice(last + 1));
    const matrix = onnx.node('Reshape', [value, onnx.ints(after === 1 ? [before, summed] : [before, summed, after])]);
    value =
      after === 1
        ? onnx.node('MatMul', [matrix, onnx.filled(factor, [summed, 1])])
        : onnx.node('MatMul', [onnx.filled(factor, [1, summed]), matrix]);
    shape.fill(1, first, last + 1);
    factor = 1;
  }
  onnx.node('Reshape', [value, onnx.ints(shapeOf(node))], {}, outputs);
}

/** [1, 2, 4] -> [[1, 2], [4, 4]] */
function runsOf(axes: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const axis of [...axes].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.[1] === axis - 1) run[1] = axis;
    else runs.push([axis, axis]);
  }
  return runs;
}

/** Sums over the batch axis mix rows whatever the form, and integers do not round: those keep ONNX's own op. */
const rowWise = (node: Node): boolean =>
  node.outputs[0]?.dtype === 'float32' &&
  inputShape(node).length > 1 &&
  !reducedAxes(node.attributes, inputShape(node).length).includes(0);

const isSpatial = (node: Node): boolean => {
  const rank = inputShape(node).length;
  const axes = reducedAxes(node.attributes, rank);
  return rank === 4 && axes.length === 2 && axes.includes(2) && axes.includes(3);
};

const reduceSum: Lowering = (lowered) => {
  const { onnx, node, inputs, outputs } = lowered;
  if (rowWise(node)) return sum(lowered, 1);
  const axes = onnx.ints(reducedAxes(node.attributes, inputShape(node).length));
  onnx.node('ReduceSum', [...inputs, axes], without(node.attributes, 'axes'), outputs);
};

const reduceMean: Lowering = (lowered) => {
  const { onnx, node, inputs, outputs } = lowered;
  if (!rowWise(node)) onnx.node('ReduceMean', inputs, node.attributes, outputs);
  else if (isSpatial(node)) {
    const keep = int(node.attributes, 'keepdims', 1) === 1;
    const pooled = onnx.node('GlobalAveragePool', inputs, {}, keep ? outputs : undefined);
    if (!keep) onnx.node('Reshape', [pooled, onnx.ints(shapeOf(node))], {}, outputs);
  } else sum(lowered, sizeOf(shapeOf(node)) / sizeOf(inputShape(node)));
};

/** gamma · (max(x, 0) + alpha · (exp(min(x, 0)) − 1)): ONNX Runtime's own Elu and Selu round by position. */
const elu =
  (defaultAlpha: number, defaultGamma: number): Lowering =>
  ({ onnx, node, inputs: [x = ''], outputs }) => {
    const alpha = int(node.attributes, 'alpha', defaultAlpha);
    const gamma = int(node.attributes, 'gamma', defaultGamma);
    const below = onnx.node('Neg', [onnx.node('Relu', [onnx.node('Neg', [x])])]);
    const decay = onnx.node('Sub', [onnx.node('Exp', [below]), onnx.scalar(1)]);
    const left = alpha * gamma === 1 ? decay : onnx.node('Mul', [decay, onnx.scalar(alpha * gamma)]);
    const above = onnx.node('Relu', [x]);
    const right = gamma === 1 ? above : onnx.node('Mul', [above, onnx.scalar(gamma)]);
    onnx.node('Add', [right, left], {}, outputs);
  };

/** max(x, 0) + log(1 + exp(−|x|)), for the same reason. */
const softplus: Lowering = ({ onnx, inputs: [x = ''], outputs }) => {
  const decay = onnx.node('Exp', [onnx.node('Neg', [onnx.node('Abs', [x])])]);
  const log = onnx.node('Log', [onnx.node('Add', [decay, onnx.scalar(1)])]);
  onnx.node('Add', [onnx.node('Relu', [x]), log], {}, outputs);
};

/** Ops that are not one ONNX node of the same inputs and attributes. Every other op is. */
export const lowerings: Readonly<Record<string, Lowering>> = {
  ...quantizedLowerings,
  BatchNormalization: batchNormLowering,
  ReduceSum: reduceSum,
  ReduceMean: reduceMean,
  Elu: elu(1, 1),
  Selu: elu(1.67326319217681884765625, 1.05070102214813232421875),
  Softplus: softplus,
  Reshape: withInputs(['shape'], ({ onnx, node }) => [onnx.ints(shapeOf(node))]),
  Expand: withInputs(['shape'], ({ onnx, node }) => [onnx.ints(shapeOf(node))]),
  Tile: withInputs(['repeats'], ({ onnx, node }) => [onnx.ints(ints(node.attributes, 'repeats'))]),
  Slice: withInputs(['starts', 'ends', 'axes', 'steps'], ({ onnx, node: { attributes } }) => {
    const starts = ints(attributes, 'starts');
    const axes = ints(attributes, 'axes', range(0, starts.length));
    const steps = ints(
      attributes,
      'steps',
      starts.map(() => 1),
    );
    return [starts, ints(attributes, 'ends'), axes, steps].map((values) => onnx.ints(values));
  }),
  Pad: withInputs(['pads', 'value'], (lowered) => [
    lowered.onnx.ints(ints(lowered.node.attributes, 'pads')),
    optionalScalar(lowered, 'value'),
  ]),
  Split: withInputs(['split'], ({ onnx, node }) => [onnx.ints(ints(node.attributes, 'split'))]),
  Clip: withInputs(['min', 'max', 'rectifies'], (lowered) => [optionalScalar(lowered, 'min'), optionalScalar(lowered, 'max')]),
  Resize: withInputs(['sizes'], ({ onnx, node }) => ['', '', onnx.ints(ints(node.attributes, 'sizes'))]),
  TopK: withInputs(['k'], ({ onnx, node }) => [onnx.ints([int(node.attributes, 'k')])]),
  CumSum: withInputs(['axis'], ({ onnx, node }) => [onnx.ints([int(node.attributes, 'axis')])]),
  OneHot: withInputs(['depth', 'values'], ({ onnx, node: { attributes } }) => [
    onnx.ints([int(attributes, 'depth')]),
    onnx.tensor(Float32Array.from(ints(attributes, 'values', [0, 1])), [2], 'float32'),
  ]),
  MaxPool: withInputs(['indices'], () => []),
  MaxUnpool: withInputs(['output_shape'], ({ onnx, node }) => [onnx.ints(shapeOf(node))]),
  Cast: ({ onnx, node, inputs, outputs }) => {
    onnx.node('Cast', inputs, { to: elementType[node.attributes['to'] as DType] }, outputs);
  },
};
