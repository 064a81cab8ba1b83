import { int, ints } from '../attributes.ts';
import { broadcast, sameShape, sizeOf } from '../broadcast.ts';
import { Builder } from '../builder.ts';
import type { Attributes, Graph, Value } from '../ir.ts';
import { rewrite } from '../rewrite.ts';

interface Given {
  readonly g: Builder;
  readonly op: string;
  readonly x: Value;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  /** Of the first output. */
  readonly shape: readonly number[];
}
type Peephole = (given: Given) => Value | undefined;

/** Replaces short idioms by shorter ones, exactly. */
export function simplify(graph: Graph): Graph {
  return rewrite(graph, (into, { op, attributes, outputs: [y], name }, inputs) => {
    const [x] = inputs;
    const peephole = Object.hasOwn(peepholes, op) ? peepholes[op] : undefined;
    if (!peephole || !x || !y) return undefined;
    const found = peephole({ g: new Builder(into, name), op, x, inputs, attributes, shape: y.shape });
    return found && [found];
  });
}

/** The input of x's node, when that node is an `op`. */
function before(x: Value, op: string): Value | undefined {
  return x.node.op === op ? x.node.inputs[0] : undefined;
}

/** Values keep their order: whatever shapes lie between, only the last counts. */
function reshape(g: Builder, x: Value, shape: readonly number[]): Value {
  return g.reshape(before(x, 'Reshape') ?? x, shape);
}

/** Broadcasting stretches an operand by itself, unless its Expand alone gives the result its shape. */
const withoutExpand: Peephole = ({ g, op, inputs, attributes, shape }) => {
  let changed = false;
  const operands = [...inputs];
  for (const [i, operand] of inputs.entries()) {
    const source = before(operand, 'Expand');
    if (!source || !sameShape(broadcast(...operands.with(i, source).map((each) => each.shape)), shape)) continue;
    operands[i] = source;
    changed = true;
  }
  return changed ? g.op(op, operands, attributes) : undefined;
};

const elementwise = 'Add Sub Mul Div Pow Mod Min Max Where Equal Greater GreaterOrEqual Less LessOrEqual'.split(' ');

const peepholes: Readonly<Record<string, Peephole>> = {
  ...Object.fromEntries(elementwise.map((op) => [op, withoutExpand])),
  Identity: ({ x }) => x,
  Reshape: ({ g, x, shape }) => reshape(g, x, shape),
  /** A Transpose that only moves axes of size 1 moves no value. */
  Transpose: ({ g, x, attributes, shape }) => {
    const moved = ints(attributes, 'perm').filter((from) => x.shape[from] !== 1);
    return moved.every((from, i) => i === 0 || (moved[i - 1] as number) < from) ? reshape(g, x, shape) : undefined;
  },
  /** The maximum of ReLUs is the ReLU of the maximum: fewer values to rectify, and to mask on the way back. */
  MaxPool: ({ g, x, attributes, shape }) => {
    const source = before(x, 'Relu');
    if (!source || sizeOf(shape) === sizeOf(x.shape) || int(attributes, 'indices', 0)) return undefined;
    return g.op('Relu', [g.op('MaxPool', [source], attributes)]);
  },
  /** ReLU6, written as a ReLU and a Clip. */
  Clip: ({ g, x, attributes }) => {
    const source = before(x, 'Relu');
    return source && g.op('Clip', [source], { ...attributes, min: Math.max(0, int(attributes, 'min', 0)), rectifies: 1 });
  },
};
