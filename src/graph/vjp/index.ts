import { sameShape } from '../broadcast.ts';
import { Builder } from '../builder.ts';
import { Untraceable, type Graph, type Node, type Value } from '../ir.ts';
import { asFloat } from '../quantization.ts';
import { activationRules } from './activations.ts';
import { arrangeRules } from './arrange.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { carriers, isIndex } from './carriers.ts';
import { matmulRules } from './matmul.ts';
import { normalizeRules } from './normalize.ts';
import { poolingRules } from './pooling.ts';
import { quantizationRules } from './quantization.ts';
import { reduceRules } from './reduce.ts';
import type { Application, VjpRule } from './rule.ts';

export type { Application, VjpRule } from './rule.ts';

/** How each op hands a cotangent back to its inputs. Ops whose outputs carry no cotangent need none. */
export const vjpRules: Readonly<Record<string, VjpRule>> = {
  ...elementwiseRules,
  ...activationRules,
  ...matmulRules,
  ...convolutionRules,
  ...poolingRules,
  ...reduceRules,
  ...normalizeRules,
  ...arrangeRules,
  ...quantizationRules,
};

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
  const wanted = (input: Value | undefined, i: number): input is Value =>
    input !== undefined && active.has(input) && !isIndex(node, i);
  const inputs = node.inputs.map((input, i) => (wanted(input, i) ? asFloat(g, input) : input));
  const [result] = node.outputs as readonly [Value];
  const [y, dy] = [active.has(result) ? asFloat(g, result) : result, dys[0] ?? g.zeros(result.shape)];
  const at = { g, node, attributes: node.attributes, inputs: inputs as unknown as Application['inputs'], y, dy, dys };
  for (const [i, input] of node.inputs.entries()) {
    if (!wanted(input, i)) continue;
    if (!rule && input.dtype !== 'float32') continue;
    if (!rule) throw new Untraceable(node.op, 'it has no gradient rule');
    const cotangent = rule(at, i);
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
  const active = carriers(graph, wrt);
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
