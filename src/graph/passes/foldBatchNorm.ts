import { int } from '../attributes.ts';
import { padRank, sizeOf } from '../broadcast.ts';
import { Builder } from '../builder.ts';
import type { Attributes, Graph, Node, Value } from '../ir.ts';
import { rewrite } from '../rewrite.ts';
import { inputNodes, settle } from '../settle.ts';

/**
 * Folds per-channel scales and shifts into the constant weights of the convolution or matrix product before them
 * (batch normalisation at inference) or after them (normalised inputs). The arithmetic on weights it leaves behind is
 * for foldConstants. A value that something else needs stays as it is.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const uses = countUses(graph);
  return rewrite(graph, (into, node, inputs) => {
    const g = new Builder(into, node.name);
    const single = (i: number): boolean => {
      const value = node.inputs[i];
      return value !== undefined && uses.get(value) === 1;
    };
    const folded = foldAfter(g, node, inputs, single) ?? foldBefore(g, node, inputs, single);
    return folded && [folded];
  });
}

function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const used = [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.values()];
  for (const value of used) if (value) uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}

const fixed = new WeakMap<Node, boolean>();

/** Known before the graph runs: a constant, or what this pass has made of some. */
function isFixed({ node }: Value): boolean {
  settle(node, fixed, inputNodes, ({ op, inputs }) => {
    return op === 'Constant' || (inputs.length > 0 && inputs.every((input) => input && fixed.get(input.node)));
  });
  return fixed.get(node) === true;
}

/** A linear op with constant weights: y = w ∗ x + bias. */
interface Linear {
  readonly op: string;
  readonly x: Value;
  readonly w: Value;
  /** [channels] */
  readonly bias?: Value | undefined;
  readonly attributes: Attributes;
}

/** A value made by one; a matrix product's bias is an Add after it. */
function linearOf(y: Value): Linear | undefined {
  const { op, inputs, attributes } = y.node;
  const [x, w, bias] = inputs;
  if (!x || !w) return undefined;
  if (op === 'Add' && isFixed(w) && x.node.op === 'MatMul') {
    const product = linearOf(x);
    const shift = perChannel(w, y);
    return product && !product.bias && shift ? { ...product, bias: w } : undefined;
  }
  const isLinear = op === 'Conv' || op === 'ConvTranspose' || (op === 'MatMul' && w.shape.length === 2);
  return isLinear && isFixed(w) && (!bias || isFixed(bias)) ? { op, x, w, bias, attributes } : undefined;
}

function emit(g: Builder, { op, x, w, bias, attributes }: Linear): Value {
  if (op !== 'MatMul') return g.op(op, bias ? [x, w, bias] : [x, w], attributes);
  const product = g.op(op, [x, w], attributes);
  return bias ? g.add(product, bias) : product;
}

const channelAxis = (y: Value): number => (y.node.op === 'MatMul' || y.node.op === 'Add' ? y.shape.length - 1 : 1);

/** The constant, if it has one number for each of the value's channels, or one for all. */
function perChannel(constant: Value, y: Value, axis = channelAxis(y)): Value | undefined {
  if (!isFixed(constant) || constant.shape.length > y.shape.length) return undefined;
  const aligned = padRank(constant.shape, y.shape.length);
  return aligned.every((n, i) => n === 1 || (i === axis && n === y.shape[i])) ? constant : undefined;
}

/** Mul, Div, Add or Sub by a constant, as a scale or a shift. */
function affine(g: Builder, op: string, constant: Value): { scale?: Value; shift?: Value } | undefined {
  const table: Readonly<Record<string, () => { scale?: Value; shift?: Value }>> = {
    Mul: () => ({ scale: constant }),
    Div: () => ({ scale: g.op('Reciprocal', [constant]) }),
    Add: () => ({ shift: constant }),
    Sub: () => ({ shift: g.op('Neg', [constant]) }),
  };
  return Object.hasOwn(table, op) ? table[op]?.() : undefined;
}

const commutative = new Set(['Mul', 'Add']);

/** The constant operand of an affine node, and which operand is computed. */
function operands({ op }: Node, inputs: readonly Value[]): { y: Value; constant: Value; at: number } | undefined {
  const [a, b] = inputs;
  if (!a || !b || inputs.length !== 2) return undefined;
  if (isFixed(b) && !isFixed(a)) return { y: a, constant: b, at: 0 };
  return isFixed(a) && !isFixed(b) && commutative.has(op) ? { y: b, constant: a, at: 1 } : undefined;
}

/** scale · (w ∗ x + bias) + shift, as one linear op. */
function foldAfter(
  g: Builder,
  node: Node,
  inputs: readonly Value[],
  single: (i: number) => boolean,
): Value | undefined {
  const found = operands(node, inputs);
  if (!found || !single(found.at)) return undefined;
  const linear = linearOf(found.y);
  const constant = linear && perChannel(found.constant, found.y);
  const change = constant && affine(g, node.op, constant);
  if (!linear || !change) return undefined;
  const channels = found.y.shape[channelAxis(found.y)] as number;
  const { scale, shift } = change;
  const w = scale ? scaleOutputs(g, linear, flat(g, scale)) : linear.w;
  let bias = linear.bias && scale ? g.mul(linear.bias, flat(g, scale)) : linear.bias;
  if (shift) bias = g.add(bias ?? g.graph.constant(new Float32Array(channels), [channels]), flat(g, shift));
  return emit(g, { ...linear, w, bias });
}

/** A constant per channel, or for all of them, as a vector. */
const flat = (g: Builder, constant: Value): Value => g.reshape(constant, [sizeOf(constant.shape)]);

/** The weights with each output channel scaled. */
function scaleOutputs(g: Builder, { op, w, attributes }: Linear, scale: Value): Value {
  if (op === 'MatMul') return g.mul(w, scale);
  if (op === 'Conv') return g.mul(w, g.reshape(scale, [scale.shape[0] as number, ...w.shape.slice(1).map(() => 1)]));
  return grouped(g, w, int(attributes, 'group', 1), scale);
}

/** The weights with each input channel scaled. */
function scaleInputs(g: Builder, { op, attributes }: Node, w: Value, scale: Value): Value {
  if (op === 'MatMul') return g.mul(w, g.reshape(scale, [scale.shape[0] as number, 1]));
  return grouped(g, w, int(attributes, 'group', 1), scale);
}

/** Filters [a, b, ...kernel] of `group` groups, scaled along b: of the group · b channels each has its own factor. */
function grouped(g: Builder, w: Value, group: number, scale: Value): Value {
  const [first, second, ...kernel] = w.shape as readonly [number, number, ...number[]];
  const factor = sizeOf(scale.shape) === 1 ? [1, 1, 1] : [group, 1, second];
  const scaled = g.mul(
    g.reshape(w, [group, first / group, second, ...kernel]),
    g.reshape(scale, [...factor, ...kernel.map(() => 1)]),
  );
  return g.reshape(scaled, w.shape);
}

/** w ∗ (scale · x), as w' ∗ x. A shift would not survive zero padding, so it stays. */
function foldBefore(
  g: Builder,
  node: Node,
  inputs: readonly Value[],
  single: (i: number) => boolean,
): Value | undefined {
  const [y, w, ...rest] = inputs;
  const takes = node.op === 'Conv' || (node.op === 'MatMul' && w?.shape.length === 2);
  if (!y || !w || !takes || !isFixed(w) || !single(0)) return undefined;
  const found = operands(y.node, y.node.inputs as readonly Value[]);
  const constant = found && perChannel(found.constant, found.y, node.op === 'Conv' ? 1 : y.shape.length - 1);
  const change = constant && affine(g, y.node.op, constant);
  if (!found || !change?.scale) return undefined;
  return g.op(node.op, [found.y, scaleInputs(g, node, w, flat(g, change.scale)), ...rest], node.attributes);
}
