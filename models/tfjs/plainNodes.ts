import { axesOf, type GraphNode } from './graphDef.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const sigmoid = base64('Sigmoid');

/**
 * A node as we want to see it: a sigmoid of its own where TensorFlow fused one, a batch of any size where it fixed 1,
 * and nothing that writes to the terminal.
 */
export function plain(node: GraphNode): GraphNode[] {
  if (node.op === 'Print') return [{ ...node, op: 'Identity', input: (node.input ?? []).slice(0, 1) }];
  return node.op.startsWith('Placeholder') ? [anyBatch(node)] : unfused(node);
}

/** Whether the rest of the graph follows is found out by running it. */
function anyBatch(node: GraphNode): GraphNode {
  const shape = node.attr?.['shape']?.shape;
  const [batch, ...others] = shape?.dim ?? [];
  if (axesOf(shape)?.[0] !== 1 || !batch) return node;
  return { ...node, attr: { ...node.attr, shape: { shape: { dim: [{ size: '-1' }, ...others] } } } };
}

/** The sigmoid at the end of `fused_ops` hides the logits. */
function unfused(node: GraphNode): GraphNode[] {
  const ops = fusedOps(node);
  if (ops?.at(-1) !== sigmoid) return [node];
  const logits = `${node.name}/logits`;
  return [
    { ...node, name: logits, attr: { ...node.attr, fused_ops: { list: { s: ops.slice(0, -1) } } } },
    { name: node.name, op: 'Sigmoid', input: [logits] },
  ];
}

function fusedOps({ attr }: GraphNode): readonly unknown[] | undefined {
  const list = attr?.['fused_ops']?.['list'] as { readonly s?: readonly unknown[] } | undefined;
  return list?.s;
}
