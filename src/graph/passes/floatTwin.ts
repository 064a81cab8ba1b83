import { int } from '../attributes.ts';
import { Builder } from '../builder.ts';
import type { Attributes, DType, Graph, Node, Value } from '../ir.ts';
import { asFloat, beside, centred, integerEnds } from '../quantization.ts';
import { rewrite } from '../rewrite.ts';
import { isIndex } from '../vjp/carriers.ts';

interface Given {
  readonly g: Builder;
  readonly node: Node;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
}
type Twin = (given: Given) => readonly Value[];

/**
 * The graph with every quantisation replaced by the identity that its straight-through gradient takes it for: floats
 * all the way, integers in steps but not whole, cut off where their type ends. Where `staircases` is set, so are
 * rounding and signs. Its true gradient is what the straight-through gradient stands for.
 */
export function floatTwin(graph: Graph, { staircases }: { readonly staircases: boolean }): Graph {
  const known = staircases ? { ...quantised, ...stairs } : quantised;
  return rewrite(graph, (into, node, inputs) => {
    const g = new Builder(into, node.name);
    const twin = Object.hasOwn(known, node.op) ? known[node.op] : undefined;
    if (twin) return twin({ g, node, inputs, attributes: node.attributes });
    if (!node.inputs.some((input, i) => input && input.dtype !== inputs[i]?.dtype)) return undefined;
    const floats = inputs.map((input, i) => (isIndex(node, i) || input.dtype === 'bool' ? input : asFloat(g, input)));
    return g.op(node.op, floats, node.attributes).node.outputs;
  });
}

const clip = (g: Builder, x: Value, min: number, max: number): Value => g.op('Clip', [x], { min, max });
const ends = (dtype: DType | undefined): readonly [number, number] => integerEnds[dtype ?? ''] ?? [-Infinity, Infinity];
const typeOf = ({ outputs: [y] }: Node): DType | undefined => y?.dtype;

/** A product of what two scales measure, in steps of the result's. */
const rescaled =
  (product: (given: Given, a: Value, b: Value) => Value, axis: number): Twin =>
  (given) => {
    const { g, node, inputs } = given;
    const [a, aScale, aZero, b, bScale, bZero, scale, zero, bias] = inputs as readonly [
      ...[Value, Value, Value, Value, Value, Value, Value, Value],
      Value | undefined,
    ];
    const sums = product(given, centred(g, a, aZero, -2), centred(g, b, bZero, node.op === 'QLinearConv' ? 0 : -1));
    const biased = bias ? g.add(sums, beside(g, bias, sums, axis)) : sums;
    const of = (parameter: Value): Value => beside(g, parameter, sums, axis);
    const steps = g.add(g.mul(biased, g.div(g.mul(of(aScale), of(bScale)), of(scale))), of(zero));
    return [clip(g, steps, ...ends(typeOf(node)))];
  };

const conv = ({ g, attributes }: Pick<Given, 'g' | 'attributes'>, x: Value, w: Value): Value => g.op('Conv', [x, w], attributes);
const matmul = ({ g }: Pick<Given, 'g'>, a: Value, b: Value): Value => g.op('MatMul', [a, b]);

const quantised: Readonly<Record<string, Twin>> = {
  QuantizeLinear: ({ g, node, inputs: [x, scale, zero], attributes }) => {
    if (!x || !scale || !zero) throw new Error('QuantizeLinear without an input');
    const axis = int(attributes, 'axis', 1);
    const [low, high] = ends(typeOf(node));
    // Half a step beyond either end still rounds to it.
    return [clip(g, g.add(g.div(x, beside(g, scale, x, axis)), beside(g, zero, x, axis)), low - 0.5, high + 0.5)];
  },
  DequantizeLinear: ({ g, inputs: [x, scale, zero], attributes }) => {
    if (!x || !scale || !zero) throw new Error('DequantizeLinear without an input');
    const axis = int(attributes, 'axis', 1);
    return [g.mul(centred(g, x, zero, axis), beside(g, scale, x, axis))];
  },
  /** Whatever the step, what is quantised by it is taken back by it: it may as well be 1. */
  DynamicQuantizeLinear: ({ g, node, inputs: [x] }) => {
    const [, scale] = node.outputs;
    if (!x || !scale) throw new Error('DynamicQuantizeLinear without an input or output');
    return [x, g.expand(g.graph.scalar(1), scale.shape), g.zeros(scale.shape)];
  },
  QLinearConv: rescaled(conv, 1),
  QLinearMatMul: rescaled(matmul, -1),
  ConvInteger: (given) => {
    const [x, w, xZero, wZero] = given.inputs as readonly [Value, Value, Value, Value];
    return [conv(given, centred(given.g, x, xZero, -2), centred(given.g, w, wZero, 0))];
  },
  MatMulInteger: (given) => {
    const [a, b, aZero, bZero] = given.inputs as readonly [Value, Value, Value, Value];
    return [matmul(given, centred(given.g, a, aZero, -2), centred(given.g, b, bZero, -1))];
  },
  /** Integers that are floats here stay floats. */
  Cast: ({ g, node, inputs: [x], attributes }) => {
    const wasWhole = node.inputs[0]?.dtype !== 'float32' && x?.dtype === 'float32';
    return [wasWhole ? x : g.op('Cast', [x as Value], attributes)];
  },
};

const identity: Twin = ({ inputs: [x] }) => [x as Value];

const stairs: Readonly<Record<string, Twin>> = {
  Round: identity,
  Floor: identity,
  Ceil: identity,
  Sign: ({ g, inputs: [x] }) => [clip(g, x as Value, -1, 1)],
  Cast: (given) => (typeOf(given.node) === 'bool' || given.inputs[0]?.dtype !== 'float32' ? (quantised['Cast'] as Twin)(given) : given.inputs),
};
