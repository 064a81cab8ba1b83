import type { Value } from '../../../src/graph/ir.ts';
import { padRank, sameShape, type Shape } from '../../../src/graph/broadcast.ts';
import { parameterOf } from '../../../src/graph/trainable.ts';
import { numbersOf, type Recorder } from '../recorder.ts';
import type { Rules } from './rule.ts';

interface BatchNormInputs {
  readonly x: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly offset?: Value;
  readonly scale?: Value;
}

export const normalisationRules: Rules = {
  FusedBatchNorm: (r, inputs: BatchNormInputs, { varianceEpsilon }: { varianceEpsilon: number }) => {
    const { x } = inputs;
    const plain = { ...inputs, x: withoutLeadingOnes(x) };
    return r.reshape(batchNorm(r, plain, varianceEpsilon) ?? layerNorm(r, plain, varianceEpsilon), x.shape);
  },
};

/** (x − mean) / √(variance + ε) · scale + offset with the model's own statistics: one product and one sum. */
function batchNorm(r: Recorder, inputs: BatchNormInputs, epsilon: number): Value | undefined {
  return knownBatchNorm(r, inputs, epsilon) ?? parameterBatchNorm(r, inputs, epsilon);
}

/** With parameters that are inputs of the graph. */
function parameterBatchNorm(r: Recorder, { x, mean, variance, offset, scale }: BatchNormInputs, epsilon: number): Value | undefined {
  if (![mean, variance].every(isParameter)) return undefined;
  const deviation = r.add('Sqrt', [r.add('Add', [variance, r.scalar(epsilon)])]);
  const gain = scale ? r.add('Div', [scale, deviation]) : r.add('Reciprocal', [deviation]);
  const centre = r.add('Mul', [mean, gain]);
  const shift = offset ? r.add('Sub', [offset, centre]) : r.add('Neg', [centre]);
  const along = (vector: Value): Value => r.reshape(vector, ranked(vector.shape, x.shape.length));
  return r.add('Add', [r.add('Mul', [x, along(gain)]), along(shift)]);
}

/** A parameter, or one in the shape in which it broadcasts. */
const isParameter = (value: Value): boolean => parameterOf(value.node.op === 'Reshape' ? (value.node.inputs[0] ?? value) : value) !== undefined;

function knownBatchNorm(r: Recorder, inputs: BatchNormInputs, epsilon: number): Value | undefined {
  const [mean, variance] = [numbersOf(inputs.mean), numbersOf(inputs.variance)];
  const scale = inputs.scale ? numbersOf(inputs.scale) : Float32Array.of(1);
  const offset = inputs.offset ? numbersOf(inputs.offset) : Float32Array.of(0);
  if (!mean || !variance || !scale || !offset) return undefined;
  const [gain, shift] = [new Float32Array(mean.length), new Float32Array(mean.length)];
  const at = (data: ArrayLike<number | bigint>, i: number): number => Number(data[i % data.length]);
  for (let i = 0; i < mean.length; i++) {
    const factor = at(scale, i) / Math.sqrt(at(variance, i) + epsilon);
    gain[i] = factor;
    shift[i] = at(offset, i) - at(mean, i) * factor;
  }
  const shape = ranked(inputs.mean.shape, inputs.x.shape.length);
  return r.add('Add', [r.add('Mul', [inputs.x, r.constant(gain, shape)]), r.constant(shift, shape)]);
}

/** The same with statistics of the example itself, as layer normalisation has them. */
function layerNorm(r: Recorder, inputs: BatchNormInputs, epsilon: number): Value {
  const rank = inputs.x.shape.length;
  const operand = (value: Value): Value => {
    const narrow = untiled(value);
    return r.reshape(narrow, ranked(narrow.shape, rank));
  };
  const deviation = r.add('Sqrt', [r.add('Add', [operand(inputs.variance), r.scalar(epsilon)])]);
  const centred = r.add('Sub', [inputs.x, operand(inputs.mean)]);
  let y = r.add('Div', [centred, deviation]);
  if (inputs.scale) y = r.add('Mul', [y, operand(inputs.scale)]);
  if (inputs.offset) y = r.add('Add', [y, operand(inputs.offset)]);
  return y;
}

/** TF.js runs every batch norm in four dimensions; the layers around it have fewer. */
function withoutLeadingOnes(x: Value): Value {
  const [source] = x.node.inputs;
  if (x.node.op !== 'Reshape' || !source) return x;
  return sameShape(padRank(source.shape, Math.max(source.shape.length, x.shape.length)), x.shape) ? source : x;
}

/** An operand as it was before TF.js tiled it to x's shape for the sake of its own gradients. */
function untiled(value: Value): Value {
  const plain = withoutLeadingOnes(value);
  const [source] = plain.node.inputs;
  return plain.node.op === 'Expand' && source ? source : plain;
}

/** The shape with leading ones dropped or added. */
function ranked(shape: Shape, rank: number): number[] {
  return shape.length > rank ? shape.slice(shape.length - rank) : padRank(shape, rank);
}
