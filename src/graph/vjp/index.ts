import { sameShape } from '../broadcast.ts';
import { Builder } from '../builder.ts';
import { Untraceable, type Graph, type Node, type Value } from '../ir.ts';
import { activationRules } from './activations.ts';
import { arrangeRules } from './arrange.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { matmulRules } from './matmul.ts';
import { poolingRules } from './pooling.ts';
import { reduceRules } from './reduce.ts';
import type { Application, VjpRule } from './rule.ts';

export type { Application, VjpRule } from './rule.ts';

/** How each op hands a cotangent back to its inputs. Ops whose outputs are never float32 need none. */
export const vjpRules: Readonly<Record<string, VjpRule>> = {
  ...elementwiseRules,
  ...activationRules,
  ...matmulRules,
  ...convolutionRules,
  ...poolingRules,
  ...reduceRules,
  ...arrangeRules,
};

/** Everything that depends on `sources`, themselves included. */
function dependents(graph: Graph, sources: readonly Value[]): Set<Value> {
  const found = new Set(sources);
  for (const node of graph.nodes)
    if (node.inputs.some((input) => input && found.has(input))) for (const output of node.outputs) found.add(output);
  return found;
}

/** Cotangents on their way back, added up where a value was used more than once. */
class Cotangents {
  private readonly found = new Map<Value, Value>();

  of(value: Value): Value | undefined {
    return this.found.get(value);
  }

  give(g: Builder, value: Value, cotangent: Value): void {
    if (!sameShape(value.shape, cotangent.shape))
      throw new Error(`${value.node.op}: cotangent [${cotangent.shape.join(', ')}] of [${value.shape.join(', ')}]`);
    const before = this.found.get(value);
    this.found.set(value, before ? g.add(before, cotangent) : cotangent);
  }
}

function pullBack(
  graph: Graph,
  node: Node,
  active: Set<Value>,
  cotangents: Cotangents,
  rule: VjpRule | undefined,
): void {
  const dys = node.outputs.map((output) => cotangents.of(output));
  if (dys.every((dy) => dy === undefined)) return;
  const g = new Builder(graph, `gradient of ${node.name || node.op}`);
  const [y] = node.outputs as readonly [Value];
  const dy = dys[0] ?? g.zeros(y.shape);
  const inputs = node.inputs as unknown as Application['inputs'];
  for (const [i, input] of node.inputs.entries()) {
    if (!input || !active.has(input) || input.dtype !== 'float32') continue;
    if (!rule) throw new Untraceable(node.op, 'it has no gradient rule');
    const cotangent = rule({ g, node, attributes: node.attributes, inputs, y, dy, dys }, i);
    if (cotangent) cotangents.give(g, input, cotangent);
  }
}

/**
 * Reverse-mode differentiation: appends to `graph` the vector-Jacobian products of `output`, times `cotangent`, with
 * respect to each of `wrt`. Nothing is computed for what does not depend on them.
 */
export function backwardAll(
  graph: Graph,
  output: Value,
  cotangent: Value,
  wrt: readonly Value[],
  rules: Readonly<Record<string, VjpRule>> = vjpRules,
): Value[] {
  const active = dependents(graph, wrt);
  const cotangents = new Cotangents();
  const g = new Builder(graph, 'gradient');
  cotangents.give(g, output, cotangent);
  for (const node of [...graph.nodes].reverse())
    if (node.outputs.some((value) => active.has(value))) pullBack(graph, node, active, cotangents, rules[node.op]);
  return wrt.map((value) => cotangents.of(value) ?? g.zeros(value.shape));
}

/** The gradient with respect to one value. */
export function backward(
  graph: Graph,
  output: Value,
  cotangent: Value,
  wrt: Value,
  rules: Readonly<Record<string, VjpRule>> = vjpRules,
): Value {
  const [gradient] = backwardAll(graph, output, cotangent, [wrt], rules);
  return gradient as Value;
}
