import { createHash } from 'node:crypto';
import type { Graph } from '../../src/graph/ir.ts';

/** Of what a graph computes: its operations in order, where their inputs come from, and its constants. */
export function hashGraph(graph: Graph): string {
  const hash = createHash('sha256');
  const position = new Map(graph.nodes.flatMap(({ outputs }) => outputs).map((value, at) => [value, at]));
  for (const { op, inputs, attributes, outputs, data } of graph.nodes) {
    const from = inputs.map((input) => (input ? position.get(input) : null));
    hash.update(JSON.stringify([op, from, attributes, outputs.map(({ shape, dtype }) => [shape, dtype])]));
    if (data) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
