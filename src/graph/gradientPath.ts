import type { Graph, Node, Value } from './ir.ts';
import { live } from './rewrite.ts';
import { carriers, isIndex } from './vjp/carriers.ts';
import { rounds } from './vjp/elementwise.ts';
import { vjpRules, type VjpRule } from './vjp/index.ts';
import { zero } from './vjp/rule.ts';

/** An op, and the layer or node it comes from. */
export interface Place {
  readonly op: string;
  readonly name: string;
}

/** What a gradient meets between the logits and the example. */
export interface GradientPath {
  /** Ops that round, and pass a cotangent straight through all the same. */
  readonly estimated: readonly Place[];
  /** Ops whose derivative is zero wherever there is one: what they make of the example, no gradient sees. */
  readonly ends: readonly Place[];
  /** Whether any cotangent reaches the example at all. */
  readonly reaches: boolean;
}

type Rules = Readonly<Record<string, VjpRule>>;

/** Walks from `x` to `output` and notes where the rules leave the slope. */
export function gradientPath(graph: Graph, output: Value, x: Value, rules: Rules = vjpRules): GradientPath {
  const nodes = live(graph, [output]);
  const flowing = flowOf(graph, nodes, x, rules);
  const fed = nodes.filter((node) => isFed(node, flowing));
  const aside = besideFlow(nodes, flowing, output);
  const decides = ({ op, outputs }: Node): boolean => !rounding.has(op) && outputs.some((value) => isDecision(value, flowing, aside));
  const ends = fed.filter((node) => isStaircase(node, rules) || decides(node));
  const estimated = fed.filter((node) => rounding.has(node.op) || (isStaircase(node, vjpRules) && !isStaircase(node, rules)));
  return { estimated: estimated.map(placeOf), ends: ends.map(placeOf), reaches: flowing.has(output) };
}

/** Ops whose results are whole numbers that stand for floats, and, of one, their scale and zero point. */
const rounding = new Set(['QuantizeLinear', 'DynamicQuantizeLinear', 'QLinearConv', 'QLinearMatMul']);

const placeOf = ({ op, name }: Node): Place => ({ op, name });

function isStaircase(node: Node, rules: Rules): boolean {
  return rules[node.op] === zero || (rounds(node) && rules['Cast'] === vjpRules['Cast']);
}

/** A cotangent of its result could reach the example. */
const isFed = (node: Node, flowing: ReadonlySet<Value>): boolean =>
  node.inputs.some((input, i) => input !== undefined && flowing.has(input) && !isIndex(node, i));

/** Values whose cotangents reach x. */
function flowOf(graph: Graph, nodes: readonly Node[], x: Value, rules: Rules): Set<Value> {
  const able = carriers(graph, [x]);
  const flowing = new Set([x]);
  for (const node of nodes) {
    if (!isFed(node, flowing) || isStaircase(node, rules)) continue;
    for (const value of node.outputs) if (able.has(value)) flowing.add(value);
  }
  return flowing;
}

/**
 * Values without a gradient that only choose among, or are multiplied with, values that have one: the mask of a ReLU
 * written as a comparison loses nothing. From the last node to the first.
 */
function besideFlow(nodes: readonly Node[], flowing: ReadonlySet<Value>, output: Value): ReadonlySet<Value> {
  const [harmless, harmful] = [new Set<Value>(), new Set<Value>([output])];
  for (const node of nodes.toReversed()) {
    for (const value of node.outputs) if (!harmful.has(value)) harmless.add(value);
    const fed = isFed(node, flowing);
    const spoils = fed ? !choosing.has(node.op) : node.outputs.some((value) => harmful.has(value));
    if (spoils) for (const input of node.inputs) if (input) harmful.add(input);
  }
  return harmless;
}

/** Ops in which one operand says which of the other's values count, and how much. */
const choosing = new Set([
  ...['Where', 'Mul', 'Div', 'MatMul'],
  ...['Gather', 'GatherElements', 'GatherND', 'ScatterElements', 'ScatterND', 'MaxUnpool'],
]);

/** A truth or place taken from the example, on which the output depends in a way of its own. */
const isDecision = (value: Value, flowing: ReadonlySet<Value>, aside: ReadonlySet<Value>): boolean =>
  !flowing.has(value) && !aside.has(value);
