import type { Graph } from './ir.ts';
import { rewrite } from './rewrite.ts';
import { parameterOf, type Values } from './trainable.ts';

/** The graph with its parameters fixed at these numbers: what an attack runs, weights folded and in ONNX Runtime's blocks. */
export function bindParameters(graph: Graph, values: Values): Graph {
  return rewrite(graph, (into, { outputs: [value] }) => {
    const name = value && parameterOf(value);
    if (!value || name === undefined) return undefined;
    const data = values.get(name);
    if (!data) throw new Error(`no numbers for parameter ${name}`);
    return [into.constant(data, value.shape, 'float32', name)];
  });
}
