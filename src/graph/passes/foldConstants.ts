import { Graph, isConstant, type Node, type TensorData, type Value } from '../ir.ts';
import { copyNode, live, rewrite } from '../rewrite.ts';

/** Runs a graph without inputs: its outputs by name. The engine provides it. */
export type Evaluate = (graph: Graph) => Promise<ReadonlyMap<string, { readonly data: TensorData }>>;

/** They make much of little: cheaper to run than to store. */
const enlarging = new Set(['Expand', 'Tile']);

/** Replaces everything that depends on no input by its value, all in one evaluation. Copies of constants stay. */
export async function foldConstants(graph: Graph, evaluate: Evaluate): Promise<Graph> {
  const folding = new Graph();
  const found = new Map<Value, Value>();
  for (const node of live(graph)) {
    const inputs = node.inputs.map((input) => input && found.get(input));
    if (!foldable(node, inputs)) continue;
    const outputs = copyNode(folding, node, inputs as readonly Value[]);
    for (const [i, output] of node.outputs.entries()) found.set(output, outputs[i] as Value);
  }
  const needed = borders(graph, (value) => found.has(value));
  if (needed.size === 0) return graph;
  for (const value of needed) folding.output(nameOf(value), found.get(value) as Value);
  const values = await evaluate(rewrite(folding, () => undefined));
  return rewrite(graph, (into, node, inputs) => {
    if (!node.outputs.some((output) => needed.has(output))) return undefined;
    // Its other outputs may lead to more constants, or nowhere.
    const copies = node.outputs.every((output) => needed.has(output)) ? [] : copyNode(into, node, inputs);
    return node.outputs.map((output, i) => {
      if (!needed.has(output)) return copies[i] as Value;
      const result = values.get(nameOf(output));
      if (!result) throw new Error(`${node.op}: its constant was not evaluated`);
      return into.constant(result.data, output.shape, output.dtype, node.name);
    });
  });
}

const nameOf = ({ id }: Value): string => `folded ${id}`;

function foldable(node: Node, inputs: readonly (Value | undefined)[]): boolean {
  if (node.op === 'Constant') return true;
  return inputs.length > 0 && inputs.every((input) => input !== undefined) && !enlarging.has(node.op);
}

/** Computed constants that something else needs: an op that stays, or an output. */
function borders(graph: Graph, constant: (value: Value) => boolean): Set<Value> {
  const needed = new Set<Value>(graph.outputs.values());
  for (const node of live(graph))
    if (!node.outputs.every(constant)) for (const input of node.inputs) if (input) needed.add(input);
  return new Set([...needed].filter((value) => constant(value) && !isConstant(value)));
}
