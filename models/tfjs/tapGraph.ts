import type { GraphDef, GraphNode } from './graphDef.ts';

/** Where the logits of an output are. */
export interface Tap {
  /** The output, as the model names it. */
  readonly output: string;
  /** The node that gives the logits. */
  readonly logits: string;
  /** What the model makes of them. */
  readonly normaliser?: string;
}

const normalisers: Readonly<Record<string, string>> = { Softmax: 'softmax', LogSoftmax: 'log-softmax', Sigmoid: 'sigmoid' };
/** Ops that hand on every value as it is. */
const transparent = new Set(['Identity', 'StopGradient', 'Snapshot', 'Reshape', 'Squeeze', 'ExpandDims']);

/** Looks from an output back through copies and reshapes for a final softmax or sigmoid. */
export function tapGraph(graph: GraphDef, output: string): Tap {
  const node = lastComputation(graph, output);
  const logits = node && graph.inputs(node)[0];
  const normaliser = node && normalisers[node.op];
  return normaliser !== undefined && logits !== undefined ? { output, logits, normaliser } : { output, logits: output };
}

/** The node that the output is a copy of. A graph that goes in circles has none. */
function lastComputation(graph: GraphDef, output: string): GraphNode | undefined {
  const seen = new Set<GraphNode>();
  let node = graph.node(output);
  while (node && transparent.has(node.op) && !seen.has(node)) {
    seen.add(node);
    const [source] = graph.inputs(node);
    node = source === undefined ? undefined : graph.node(source);
  }
  return node;
}
