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
  let node = graph.node(output);
  while (node && transparent.has(node.op)) node = sourceOf(graph, node);
  const logits = node && graph.inputs(node)[0];
  const normaliser = node && normalisers[node.op];
  return normaliser !== undefined && logits !== undefined ? { output, logits, normaliser } : { output, logits: output };
}

function sourceOf(graph: GraphDef, node: GraphNode): GraphNode | undefined {
  const [source] = graph.inputs(node);
  return source === undefined ? undefined : graph.node(source);
}
