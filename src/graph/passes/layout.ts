import { int, ints } from '../attributes.ts';
import { axisOf, inverse, padRank, pick, range, sameShape, sizeOf } from '../broadcast.ts';
import { Builder } from '../builder.ts';
import { isConstant, type Attributes, type Graph, type Node, type Value } from '../ir.ts';
import { rewrite } from '../rewrite.ts';
import { reduced, reducedAxes } from '../shapes/reduce.ts';

/**
 * Moves Transposes down the graph, past every op that can work on the untransposed value, until they meet their
 * inverse and both vanish. A channels-last network, written with a Transpose before and after each convolution, is
 * channels-first throughout afterwards. Broadcast operands move along; constants among them are folded later.
 */
export function layout(graph: Graph): Graph {
  return rewrite(graph, (into, node, inputs) => {
    const sink = Object.hasOwn(sinks, node.op) ? sinks[node.op] : undefined;
    return sink?.({ g: new Builder(into, node.name), node, inputs, attributes: node.attributes });
  });
}

interface Sinking {
  readonly g: Builder;
  readonly node: Node;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
}
/** The node's outputs, computed on untransposed inputs; undefined when there is nothing to gain. */
type Sink = (at: Sinking) => readonly Value[] | undefined;

/** A value as the Transpose of another: value.shape[i] = base.shape[perm[i]]. */
interface View {
  readonly base: Value;
  readonly perm: readonly number[];
}

function viewOf(value: Value): View {
  const [base] = value.node.inputs;
  if (value.node.op !== 'Transpose' || !base) return { base: value, perm: range(0, value.shape.length) };
  return { base, perm: ints(value.node.attributes, 'perm') };
}

const isPlain = ({ perm }: View): boolean => perm.every((axis, i) => axis === i);

/** Transposes a value; a Transpose of a Transpose is one, or none. */
function transpose(g: Builder, value: Value, perm: readonly number[]): Value {
  const view = viewOf(value);
  return g.transpose(view.base, pick(view.perm, perm));
}

/** An operand that broadcasts against the view, as it broadcasts against the view's base. */
function beside(g: Builder, operand: Value, { perm }: View): Value {
  if (sizeOf(operand.shape) === 1) return operand;
  return transpose(g, g.reshape(operand, padRank(operand.shape, perm.length)), inverse(perm));
}

/** The layout of the largest computed operand that has the result's rank. */
function leading(values: readonly Value[], rank: number): View | undefined {
  const computed = values.filter((value) => !isConstant(value) && value.shape.length === rank);
  const [largest] = computed.sort((a, b) => sizeOf(b.shape) - sizeOf(a.shape));
  return largest && viewOf(largest);
}

/** One input, one layout: `attributes` restates the op for the base. */
const along =
  (attributes: (view: View, attributes: Attributes) => Attributes | undefined): Sink =>
  ({ g, node, inputs: [x], attributes: given }) => {
    const view = viewOf(x as Value);
    const restated = isPlain(view) ? undefined : attributes(view, given);
    if (!restated) return undefined;
    return g.op(node.op, [view.base], restated).node.outputs.map((output) => g.transpose(output, view.perm));
  };

const unchanged = along((_, attributes) => attributes);

const axis = (otherwise: number): Sink =>
  along(({ perm }, attributes) => ({
    ...attributes,
    axis: perm[axisOf(int(attributes, 'axis', otherwise), perm.length)],
  }));

/** Several inputs that broadcast. */
const together: Sink = ({ g, node, inputs, attributes }) => {
  const rank = (node.outputs[0] as Value).shape.length;
  const view = leading(inputs, rank);
  if (!view || isPlain(view)) return undefined;
  const y = g.op(
    node.op,
    inputs.map((input) => beside(g, input, view)),
    attributes,
  );
  return [g.transpose(y, view.perm)];
};

/** A reduction over [axes]; without keepdims, the axes that are left keep their order in the base. */
const reduction =
  (axesOf: (attributes: Attributes, rank: number) => number[], restate: (axes: number[]) => Attributes): Sink =>
  ({ g, node, inputs: [x], attributes }) => {
    const view = viewOf(x as Value);
    if (isPlain(view)) return undefined;
    const axes = axesOf(attributes, view.perm.length);
    const y = g.op(node.op, [view.base], { ...attributes, ...restate(pick(view.perm, axes)) });
    if (int(attributes, 'keepdims', 1) === 1) return [g.transpose(y, view.perm)];
    const left = reduced(view.perm, axes, false);
    const order = [...left].sort((a, b) => a - b);
    return [
      g.transpose(
        y,
        left.map((from) => order.indexOf(from)),
      ),
    ];
  };

const reduceAxes = reduction(reducedAxes, (axes) => ({ axes }));
const argument = reduction(
  (attributes, rank) => [axisOf(int(attributes, 'axis', 0), rank)],
  ([at]) => ({ axis: at }),
);

/** A list with one entry per axis, in the base's order. */
const perAxis = (view: View, entries: readonly number[]): number[] => pick(entries, inverse(view.perm));

const named = (ops: string, sink: Sink): Record<string, Sink> =>
  Object.fromEntries(ops.split(' ').map((op) => [op, sink]));

/** Ops that can work in another layout. Before any other, the Transpose stays. */
const sinks: Readonly<Record<string, Sink>> = {
  Transpose: ({ g, inputs: [x], attributes }) => [transpose(g, x as Value, ints(attributes, 'perm'))],

  ...named(
    'Identity Cast Relu LeakyRelu Elu Selu Sigmoid HardSigmoid Softplus Softsign Tanh Erf Clip Exp Log',
    unchanged,
  ),
  ...named('Sqrt Reciprocal Abs Neg Sign Floor Ceil Round Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Not', unchanged),
  ...named('Add Sub Mul Div Pow Mod Min Max Where PRelu', together),
  ...named('Equal Greater GreaterOrEqual Less LessOrEqual And Or', together),

  ...named('Softmax LogSoftmax TopK', axis(-1)),
  ...named('CumSum Split', axis(0)),
  ...named('ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd', reduceAxes),
  ...named('ArgMax ArgMin', argument),

  /** Its statistics are vectors in any layout. */
  BatchNormalization: ({ g, inputs: [x, scale, bias], attributes }) => {
    const view = viewOf(x as Value);
    if (isPlain(view)) return undefined;
    const axis = view.perm[axisOf(int(attributes, 'axis', 1), view.perm.length)];
    const [y, ...statistics] = g.op('BatchNormalization', [view.base, scale as Value, bias as Value], { ...attributes, axis }).node.outputs;
    return [g.transpose(y as Value, view.perm), ...statistics];
  },
  Concat: ({ g, inputs, attributes }) => {
    const [first] = inputs as readonly [Value];
    const view = leading(inputs, first.shape.length);
    if (!view || isPlain(view)) return undefined;
    const parts = inputs.map((input) => beside(g, input, view));
    const joined = g.op('Concat', parts, { axis: view.perm[axisOf(int(attributes, 'axis'), view.perm.length)] });
    return [g.transpose(joined, view.perm)];
  },
  Slice: along(({ perm }, attributes) => {
    const axes = ints(attributes, 'axes', range(0, ints(attributes, 'starts').length));
    return { ...attributes, axes: axes.map((each) => perm[axisOf(each, perm.length)] as number) };
  }),
  Pad: along((view, attributes) => {
    const pads = ints(attributes, 'pads');
    const [begins, ends] = [pads.slice(0, pads.length / 2), pads.slice(pads.length / 2)];
    return { ...attributes, pads: [...perAxis(view, begins), ...perAxis(view, ends)] };
  }),
  Tile: along((view, attributes) => ({ repeats: perAxis(view, ints(attributes, 'repeats')) })),
  Expand: along((view, attributes) => {
    const shape = ints(attributes, 'shape');
    return shape.length === view.perm.length ? { shape: perAxis(view, shape) } : undefined;
  }),

  /** Flattened channels-last features meet a constant matrix: its rows are reordered instead of the features. */
  MatMul: ({ g, inputs: [flat, w] }) => {
    const [source] = (flat as Value).node.inputs;
    if (flat?.node.op !== 'Reshape' || !source || !w || !isConstant(w) || w.shape.length !== 2) return undefined;
    const view = viewOf(source);
    const { base, perm } = view;
    const flattens = perm[0] === 0 && sameShape(flat.shape, [base.shape[0] as number, sizeOf(base.shape.slice(1))]);
    if (isPlain(view) || !flattens) return undefined;
    const [, columns] = w.shape as readonly [number, number];
    const cells = g.reshape(w, [...source.shape.slice(1), columns]);
    const order = inverse(perm)
      .slice(1)
      .map((at) => at - 1);
    const reordered = g.reshape(g.transpose(cells, [...order, order.length]), w.shape);
    return [g.op('MatMul', [g.reshape(base, flat.shape), reordered])];
  },
};
