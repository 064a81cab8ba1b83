import type { Graph, Node, Value } from '../ir.ts';
import { copyNode, rewrite } from '../rewrite.ts';

/** Larger constants are compared by identity only. */
const compared = 4096;

/** Computes equal expressions once, and keeps equal constants once. */
export function shareCommon(graph: Graph): Graph {
  const seen = new Map<string, readonly Value[]>();
  return rewrite(graph, (into, node, inputs) => {
    const key = keyOf(node, inputs);
    if (key === undefined) return undefined;
    const outputs = seen.get(key) ?? copyNode(into, node, inputs);
    seen.set(key, outputs);
    return outputs;
  });
}

function keyOf({ op, attributes, outputs, data }: Node, inputs: readonly Value[]): string | undefined {
  if (op === 'Input') return undefined;
  const described = outputs.map(({ shape, dtype }) => `${dtype}[${shape.join()}]`).join();
  if (!data) return `${op} ${JSON.stringify(attributes)} ${inputs.map(({ id }) => id).join()} ${described}`;
  return data.length <= compared ? `${described} ${data.join()}` : undefined;
}
