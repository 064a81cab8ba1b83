import type { Random } from '../../src/core/random.ts';
import { float, type OnnxAttribute } from '../../test/support/onnxFile.ts';
import type { OpRow } from '../../test/support/onnxNode.ts';
import { arrangingNodes } from './arranging.ts';
import { between, chance, each, narrower, oneOf, shapeOf, tensorOf, type Kind } from './draw.ts';
import { windowNode } from './windows.ts';

export type Attributes = Readonly<Record<string, OnnxAttribute>>;
export interface RandomNode {
  readonly op: string;
  readonly row: OpRow;
}

type Draw = (random: Random) => RandomNode;
const opsets = [9, 11, 12, 13, 17, 18, 21, 22];
const opset = (random: Random, least = 9): number => Math.max(least, oneOf(random, opsets));
const axisIn = (random: Random, rank: number, since11: boolean): number => between(random, since11 ? -rank : 0, rank - 1);

const families: readonly Draw[] = [
  ...arrangingNodes,
  windowNode,
  windowNode,
  function arithmetic(random) {
    const op = oneOf(random, ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Mod', 'PRelu', 'Sum', 'Mean']);
    const floats = ['PRelu', 'Sum', 'Mean'].includes(op);
    const kind: Kind = floats ? 'float32' : oneOf(random, ['float32', 'float32', 'int32', 'int64']);
    const shape = shapeOf(random, between(random, 0, 4));
    const divides = ['Div', 'Pow', 'Mod'].includes(op);
    const inputs = [tensorOf(random, shape, kind, op === 'Pow' ? 1 : -3), tensorOf(random, narrower(random, shape), kind, divides ? 1 : -3)];
    return { op, row: { inputs, attributes: op === 'Mod' && kind === 'float32' ? { fmod: 1 } : {}, opset: opset(random, 12) } };
  },
  function comparison(random) {
    const op = oneOf(random, ['Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'And', 'Or', 'Xor']);
    const kind: Kind = ['And', 'Or', 'Xor'].includes(op) ? 'bool' : oneOf(random, ['float32', 'int32', 'int64']);
    const shape = shapeOf(random, between(random, 1, 4));
    return { op, row: { inputs: [tensorOf(random, shape, kind), tensorOf(random, narrower(random, shape), kind)], opset: opset(random, 16), elements: ['BOOL'] } };
  },
  function reduction(random) {
    const op = `Reduce${oneOf(random, ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'])}`;
    const shape = shapeOf(random, between(random, 1, 4));
    const axes = shape.map((_, axis) => (chance(random, 0.5) ? axis : axis - shape.length)).filter(() => chance(random, 0.5));
    const version = opset(random, 11);
    const asInput = version >= 18 || (op === 'ReduceSum' && version >= 13);
    const x = tensorOf(random, shape, 'float32', op === 'ReduceLogSum' ? 0.1 : -3);
    const named = { data: BigInt64Array.from(axes, BigInt), shape: [axes.length], dtype: 'int64' } as const;
    const attributes = { keepdims: random.integer(2), ...(asInput && { noop_with_empty_axes: random.integer(2) }), ...(!asInput && axes.length > 0 && { axes }) };
    return { op, row: { inputs: asInput && axes.length > 0 ? [x, named] : [x], attributes, opset: version } };
  },
  function place(random) {
    const op = oneOf(random, ['ArgMax', 'ArgMin']);
    const shape = shapeOf(random, between(random, 1, 4));
    const attributes = { axis: axisIn(random, shape.length, true), keepdims: random.integer(2), select_last_index: random.integer(2) };
    return { op, row: { inputs: [tensorOf(random, shape, 'int32', -2, 2)], attributes, opset: opset(random, 12), elements: ['INT64'] } };
  },
  function distribution(random) {
    const op = oneOf(random, ['Softmax', 'LogSoftmax', 'Hardmax']);
    const shape = shapeOf(random, between(random, 1, 4));
    const version = opset(random);
    const attributes: Attributes = shape.length > 1 && chance(random, 0.2) ? {} : { axis: axisIn(random, shape.length, version >= 11) };
    return { op, row: { inputs: [tensorOf(random, shape)], attributes, opset: version } };
  },
  function product(random) {
    const [batch, inner] = [shapeOf(random, between(random, 0, 2)), between(random, 1, 4)];
    const left = chance(random, 0.2) ? [inner] : [...batch, between(random, 1, 4), inner];
    const right = chance(random, 0.2) ? [inner] : [...narrower(random, batch), inner, between(random, 1, 4)];
    return { op: 'MatMul', row: { inputs: [tensorOf(random, left), tensorOf(random, right)], opset: opset(random) } };
  },
  function affine(random) {
    const [m, k, n] = shapeOf(random, 3) as [number, number, number];
    const [transA, transB] = [random.integer(2), random.integer(2)];
    const bias = oneOf(random, [[m, n], [n], [1, n], [m, 1], [1], []]);
    const inputs = [transA ? [k, m] : [m, k], transB ? [n, k] : [k, n], bias].map((shape) => tensorOf(random, shape));
    const attributes = { transA, transB, alpha: float(oneOf(random, [1, 0.5])), beta: float(oneOf(random, [1, 0.5, 0])) };
    return { op: 'Gemm', row: { inputs, attributes, opset: opset(random) } };
  },
  function contraction(random) {
    const sizes = new Map([...'abcde'].map((label) => [label, between(random, 1, 4)]));
    const terms = each(between(random, 1, 3), () => each(between(random, 1, 3), () => oneOf(random, [...sizes.keys()])).join(''));
    const output = [...new Set(terms.join(''))].filter(() => chance(random, 0.5)).reverse().join('');
    const equation = chance(random, 0.85) ? `${terms.join()}->${output}` : terms.join();
    const inputs = terms.map((term) => tensorOf(random, [...term].map((label) => sizes.get(label) as number)));
    return { op: 'Einsum', row: { inputs, attributes: { equation }, opset: opset(random, 12) } };
  },
  function normalisation(random) {
    const op = oneOf(random, ['LayerNormalization', 'InstanceNormalization', 'GroupNormalization', 'LpNormalization']);
    const shape = [between(random, 1, 3), 4, ...shapeOf(random, between(random, 1, 2)).map((n) => n + 1)];
    const axis = random.integer(shape.length);
    const version = opset(random, 18);
    const parameters: readonly number[] = op === 'LayerNormalization' ? shape.slice(axis) : op === 'GroupNormalization' && version < 21 ? [2] : [4];
    const inputs = [tensorOf(random, shape), ...(op === 'LpNormalization' ? [] : each(2, () => tensorOf(random, parameters)))];
    const attributes = { LayerNormalization: { axis }, InstanceNormalization: {}, GroupNormalization: { num_groups: 2 }, LpNormalization: { axis, p: between(random, 1, 2) } }[op];
    return { op, row: { inputs, attributes, opset: version } };
  },
];

/** A node with random attributes on random numbers. */
export const randomNode: Draw = (random) => oneOf(random, families)(random);
