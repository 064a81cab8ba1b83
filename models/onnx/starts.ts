import type { Random } from '../../src/core/random.ts';
import type { NodeProto } from '../../src/graph/proto/onnx_pb.ts';

/** What an initialiser begins with where nothing has been learned: one number, or a draw for so many inputs of each output. */
export type Start = { readonly value: number } | { readonly fanIn: number };

/** From the node that takes it, and its shape there, where that is known. */
export type Rule = (node: NodeProto, shape: readonly number[] | undefined) => Start | undefined;
/** By op and number of the input. */
export type Rules = Readonly<Record<string, Readonly<Record<number, Rule>>>>;

const zeros: Rule = () => ({ value: 0 });
const ones: Rule = () => ({ value: 1 });
const unknown: Rule = () => undefined;

const product = (sizes: readonly number[]): number => sizes.reduce((all, n) => all * n, 1);
const from = (fanIn: number | undefined): Start | undefined => (fanIn === undefined ? undefined : { fanIn });

/** [filters, channels of a group, …sizes] */
const filter: Rule = (_, shape) => shape && from(product(shape.slice(1)));

/** [channels, filters of a group, …sizes]: with strides an output meets some positions of the filter only. */
const spread: Rule = ({ attribute }, shape) => {
  const stated = (name: string) => attribute.find((each) => each.name === name);
  const [groups, strides] = [Number(stated('group')?.i ?? 1), stated('strides')?.ints.map(Number) ?? []];
  return shape && from((product(shape) / (shape[1] as number) / groups) / product(strides));
};

/** A factor of a product, which sums over its axis -1 or -2; Gemm may turn it first. */
const factor = (axis: -1 | -2, turn: string): Rule => ({ attribute }, shape) => {
  const turned = attribute.some(({ name, i }) => name === turn && i !== 0n);
  return shape && from(shape.at(turned ? -3 - axis : axis) ?? shape[0]);
};
const [left, right] = [factor(-1, 'transA'), factor(-2, 'transB')];

/** Inputs that are weights whatever they look like. */
export const weights: Rules = {
  Conv: { 1: filter, 2: zeros },
  ConvTranspose: { 1: spread, 2: zeros },
  Gemm: { 0: left, 1: right, 2: zeros },
  MatMul: { 0: left, 1: right },
  BatchNormalization: { 1: ones, 2: zeros },
  InstanceNormalization: { 1: ones, 2: zeros },
  GroupNormalization: { 1: ones, 2: zeros },
  LayerNormalization: { 1: ones, 2: zeros },
  RMSNormalization: { 1: ones },
  PRelu: { 1: unknown },
};

export const averages: Rules = { BatchNormalization: { 3: zeros, 4: ones } };

/** Ops whose constant may be a bias or a scale, by channel; an embedding or a token, which nothing says the start of. */
export const mixing: Readonly<Record<string, Rule>> = {
  Add: (_, shape) => (isVector(shape) ? { value: 0 } : undefined),
  Mul: (_, shape) => (isVector(shape) ? { value: 1 } : undefined),
  Concat: unknown,
};

const isVector = (shape: readonly number[] | undefined): boolean => shape?.filter((n) => n > 1).length === 1;

/** Kernels by He et al. 2015, arXiv:1502.01852: uniform with the variance 2 / fan-in, which keeps signals as large under ReLU. */
export function numbersFor(start: Start, count: number, random: Random): Float32Array {
  if ('value' in start) return new Float32Array(count).fill(start.value);
  const limit = Math.sqrt(6 / start.fanIn);
  return Float32Array.from({ length: count }, () => limit * (2 * random.uniform() - 1));
}
