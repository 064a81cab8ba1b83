import { sizeOf } from '../../src/graph/broadcast.ts';
import type { Node, TensorData, Value } from '../../src/graph/ir.ts';
import { inputNodes, settle } from '../../src/graph/settle.ts';
import { evaluators } from './evaluators/index.ts';

/** Shapes, axes and indices are short; whatever is longer is left to the engine. */
const longest = 2 ** 20;

type Answers = readonly TensorData[] | undefined;
const answers = new WeakMap<Node, Answers>();
const independent = new WeakMap<Node, boolean>();

/**
 * The numbers of a value that depends on no input: shapes and what is computed from them. undefined where it does, and
 * where no evaluator knows an op on the way: what no attribute needs is left to the engine's constant folding.
 */
export function known(value: Value): TensorData | undefined {
  const { node } = value;
  if (node.data) return node.data;
  settle(node, independent, operands, isIndependent);
  if (!independent.get(node)) return undefined;
  settle(node, answers, operands, evaluate);
  return answers.get(node)?.[value.index];
}

export function isKnown(value: Value): boolean {
  return known(value) !== undefined;
}

/** What a node's numbers are computed from; none where they cannot be. */
function operands(node: Node): Node[] {
  return Object.hasOwn(evaluators, node.op) ? inputNodes(node) : [];
}

function isIndependent(node: Node): boolean {
  if (node.data) return true;
  const from = operands(node);
  const short = node.outputs.every(({ shape }) => sizeOf(shape) <= longest);
  return short && from.length > 0 && from.every((each) => independent.get(each));
}

function evaluate({ op, data, inputs, attributes, outputs }: Node): Answers {
  if (data) return [data];
  const values = inputs.map((input) => input && (input.node.data ?? answers.get(input.node)?.[input.index]));
  if (values.some((value) => value === undefined)) return undefined;
  return evaluators[op]?.({ inputs: inputs as readonly Value[], values: values as readonly TensorData[], attributes, outputs });
}
