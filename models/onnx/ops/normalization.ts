import type { Builder } from '../../../src/graph/builder.ts';
import { axisOf, range, sameShape, sizeOf } from '../../../src/graph/broadcast.ts';
import type { Value } from '../../../src/graph/ir.ts';
import { parameterOf, statisticOutput } from '../../../src/graph/trainable.ts';
import type { Importers } from '../importer.ts';
import { formula, type Formula } from './formula.ts';
import { norm, powerOfSize } from './norm.ts';

/** Normalisations by the model's own statistics, or by those of each example. */
export const normalizationOps: Importers = {
  /** At inference: scale · (x − mean) / √(variance + epsilon) + bias, as one scale and one shift per channel. */
  BatchNormalization: formula((at) => {
    const { g, x, node, into } = at;
    if (node.int('training_mode', 0)) throw node.unsupported('in training mode it takes its statistics from the batch');
    const perValue = node.opset < 9 && node.int('spatial', 1) === 0;
    if (into.training && !perValue) return byTheBatch(at);
    const vector = (at: number): Value => (perValue ? node.input(at) : perChannel(g, node.input(at), x.shape.length));
    const deviation = g.op('Sqrt', [g.add(vector(4), node.float('epsilon', 1e-5))]);
    const scale = g.div(vector(1), deviation);
    return g.add(g.mul(x, scale), g.sub(vector(2), g.mul(vector(3), scale)));
  }),
  InstanceNormalization: formula(({ g, x, node }) => {
    const { y } = standardised(g, x, range(2, x.shape.length), node.float('epsilon', 1e-5));
    const [scale, bias] = [1, 2].map((at) => perChannel(g, node.input(at), x.shape.length)) as [Value, Value];
    return g.add(g.mul(y, scale), bias);
  }),
  /** Scale and bias are one number per group to opset 20, one per channel since. */
  GroupNormalization: formula(({ g, x, node }) => {
    const groups = node.int('num_groups');
    const [n, channels, ...spatial] = x.shape as readonly [number, number, ...number[]];
    const grouped = g.reshape(x, [n, groups, sizeOf([channels, ...spatial]) / groups]);
    const { y } = standardised(g, grouped, [2], node.float('epsilon', 1e-5));
    const [scale, bias] = [1, 2].map((at) => node.input(at)) as [Value, Value];
    if (node.opset < 21) return g.reshape(g.add(g.mul(y, perChannel(g, scale, 3)), perChannel(g, bias, 3)), x.shape);
    const whole = g.reshape(y, x.shape);
    return g.add(g.mul(whole, perChannel(g, scale, x.shape.length)), perChannel(g, bias, x.shape.length));
  }),
  /** In parts where its statistics are wanted too, or a parameter broadcasts: the IR's own op has neither. */
  LayerNormalization: formula(({ g, x, node }) => {
    const axis = axisOf(node.int('axis', -1), x.shape.length);
    const epsilon = node.float('epsilon', 1e-5);
    const [scale, bias] = [node.input(1), node.inputs[2]];
    const parameters = bias ? [scale, bias] : [scale];
    const plain = parameters.every(({ shape }) => sameShape(shape, x.shape.slice(axis)));
    if (plain && node.outputs === 1) return g.op('LayerNormalization', [x, ...parameters], { axis, epsilon });
    const { y, mean, deviation } = standardised(g, x, range(axis, x.shape.length), epsilon);
    const scaled = g.mul(y, scale);
    return [bias ? g.add(scaled, bias) : scaled, mean, g.op('Reciprocal', [deviation])];
  }),
  RMSNormalization: formula(({ g, x, node }) => {
    const rank = x.shape.length;
    const axes = range(axisOf(node.int('axis', -1), rank), rank);
    const size = g.op('Sqrt', [g.add(mean(g, g.mul(x, x), axes), node.float('epsilon', 1e-5))]);
    return g.mul(g.div(x, size), node.input(1));
  }),
  MeanVarianceNormalization: formula(({ g, x, node }) => {
    const axes = node.ints('axes', [0, 2, 3]).map((axis) => axisOf(axis, x.shape.length));
    const centred = g.sub(x, mean(g, x, axes));
    const deviation = g.op('Sqrt', [mean(g, g.mul(centred, centred), axes)]);
    return g.div(centred, g.add(deviation, 1e-9));
  }),
  /** x / (bias + alpha / size · Σ x²)^beta, summed over `size` neighbouring channels. */
  LRN: formula(({ g, x, node }) => {
    const size = node.int('size');
    const sums = g.along(g.mul(x, x), 1, neighbours(x.shape[1] as number, size));
    const base = g.add(g.mul(sums, node.float('alpha', 1e-4) / size), node.float('bias', 1));
    return g.div(x, g.op('Pow', [base, node.float('beta', 0.75)]));
  }),
  /** A vector of length 0 stays. */
  LpNormalization: formula(({ g, x, node }) => {
    const p = node.int('p', 2);
    const length = norm(g, g.sum(powerOfSize(g, x, p), [axisOf(node.int('axis', -1), x.shape.length)]), p);
    return g.div(x, g.where(g.op('Greater', [length, 0]), length, 1));
  }),
};

/** In training: by the statistics of the batch, towards which the averages move. They must be the node's own parameters. */
function byTheBatch({ g, x, node }: Formula): Value {
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((at) => node.input(at)) as [Value, Value, Value, Value];
  const [y, ...statistics] = g.op('BatchNormalization', [x, scale, bias], { axis: 1, epsilon: node.float('epsilon', 1e-5) }).node.outputs;
  const momentum = node.float('momentum', 0.9);
  for (const [i, average] of [mean, variance].entries()) {
    const name = parameterOf(average);
    if (name === undefined) throw node.unsupported('its averages are no initialisers');
    const output = statisticOutput(name);
    if (g.graph.outputs.has(output)) throw node.unsupported(`it shares its average '${name}' with another`);
    g.graph.output(output, g.add(g.mul(average, momentum), g.mul(statistics[i] as Value, 1 - momentum)));
  }
  return y as Value;
}

/** A vector of one number per channel, to meet [N, C, ...spatial]. */
const perChannel = (g: Builder, vector: Value, rank: number): Value =>
  g.reshape(vector, [sizeOf(vector.shape), ...Array<number>(Math.max(0, rank - 2)).fill(1)]);

const mean = (g: Builder, x: Value, axes: readonly number[]): Value => g.op('ReduceMean', [x], { axes, keepdims: 1 });

/** x with mean 0 and variance 1 over the axes, and what it had. */
function standardised(g: Builder, x: Value, axes: readonly number[], epsilon: number) {
  const average = mean(g, x, axes);
  const centred = g.sub(x, average);
  const deviation = g.op('Sqrt', [g.add(mean(g, g.mul(centred, centred), axes), epsilon)]);
  return { y: g.div(centred, deviation), mean: average, deviation };
}

/** [channels, channels], 1 where one channel lies in the other's window, which reaches further up if even. */
function neighbours(channels: number, size: number): Float32Array {
  const [below, above] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  return Float32Array.from({ length: channels ** 2 }, (_, i) => {
    const distance = (i % channels) - Math.floor(i / channels);
    return distance >= -below && distance <= above ? 1 : 0;
  });
}
