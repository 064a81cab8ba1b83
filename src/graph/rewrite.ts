import { Graph, type Node, type Value } from './ir.ts';

/** What a node becomes in the new graph: its outputs there. Undefined copies the node. */
export type Visit = (into: Graph, node: Node, inputs: readonly Value[]) => readonly Value[] | undefined;

/** The nodes that an output needs, in order, and all inputs. */
export function live(graph: Graph, outputs: Iterable<Value> = graph.outputs.values()): Node[] {
  const wanted = new Set<Node>(graph.inputs.map(({ node }) => node));
  for (const { node } of outputs) wanted.add(node);
  for (const node of [...graph.nodes].reverse())
    if (wanted.has(node)) for (const input of node.inputs) if (input) wanted.add(input.node);
  return graph.nodes.filter((node) => wanted.has(node));
}

export function copyNode(into: Graph, node: Node, inputs: readonly Value[]): readonly Value[] {
  const [output] = node.outputs as readonly [Value];
  if (node.op === 'Input') return [into.input(node.name, output.shape, output.dtype, node.attributes)];
  if (node.op === 'Constant' && node.data) return [into.constant(node.data, output.shape, output.dtype, node.name)];
  return into.add(node.op, inputs, node.attributes, node.name).node.outputs;
}

/** A new graph, node by node, of what its outputs need. */
export function rewrite(graph: Graph, visit: Visit): Graph {
  const into = new Graph();
  const found = new Map<Value, Value>();
  const at = (value: Value): Value => found.get(value) as Value;
  for (const node of live(graph)) {
    const inputs = node.inputs.filter((input) => input !== undefined).map(at);
    const outputs = visit(into, node, inputs) ?? copyNode(into, node, inputs);
    for (const [i, output] of node.outputs.entries()) found.set(output, outputs[i] as Value);
  }
  for (const [name, value] of graph.outputs) into.output(name, at(value));
  into.nodes.splice(0, into.nodes.length, ...live(into));
  return into;
}
