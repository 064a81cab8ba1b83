import type { Builder } from '../../../src/graph/builder.ts';
import { range } from '../../../src/graph/broadcast.ts';
import type { Value } from '../../../src/graph/ir.ts';
import type { Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { formula } from './formula.ts';

/** Scaled dot products of queries with keys weigh the values. */
export const attentionOps: Importers = {
  /** softmax(scale · QKᵀ + mask) V, head by head: [N, heads, length, size], or [N, length, heads · size]. */
  Attention: formula(({ g, x, node }) => {
    if (node.float('softcap', 0) !== 0) throw node.unsupported('softcap');
    if (Math.max(node.int('left_window_size', -1), node.int('right_window_size', -1)) >= 0) throw node.unsupported('a window of keys');
    if (node.inputs.slice(4).some((input) => input)) throw node.unsupported('keys and values of the past');
    const q = headsOf(g, node, x, 'q_num_heads');
    const heads = q.shape[1] as number;
    const [k, v] = [1, 2].map((at) => repeated(g, headsOf(g, node, node.input(at), 'kv_num_heads'), heads)) as [Value, Value];
    const scale = node.float('scale', 1 / Math.sqrt(q.shape[3] as number));
    const scores = g.op('MatMul', [g.mul(q, scale), g.transpose(k, [0, 1, 3, 2])]);
    const weights = g.op('Softmax', [masked(g, node, scores)], { axis: 3 });
    const y = g.op('MatMul', [weights, v]);
    if (x.shape.length === 4) return y;
    const [n, , length, size] = y.shape as readonly [number, number, number, number];
    return g.reshape(g.transpose(y, [0, 2, 1, 3]), [n, length, heads * size]);
  }),
};

function headsOf(g: Builder, node: OnnxNode, x: Value, count: string): Value {
  if (x.shape.length === 4) return x;
  const [n, length, width] = x.shape as readonly [number, number, number];
  const heads = node.int(count);
  return g.transpose(g.reshape(x, [n, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** Each head of keys or values as often as it has queries. */
function repeated(g: Builder, x: Value, heads: number): Value {
  const [n, own, length, size] = x.shape as readonly [number, number, number, number];
  const apart = g.reshape(x, [n, own, 1, length, size]);
  return g.reshape(g.expand(apart, [n, own, heads / own, length, size]), [n, heads, length, size]);
}

function masked(g: Builder, node: OnnxNode, scores: Value): Value {
  const mask = node.inputs[3];
  const seen = mask?.dtype === 'bool' ? g.where(mask, scores, -Infinity) : mask ? g.add(scores, mask) : scores;
  if (!node.int('is_causal', 0)) return seen;
  const [rows, columns] = scores.shape.slice(2) as [number, number];
  const before = Uint8Array.from(range(0, rows * columns), (i) => Number(i % columns <= Math.floor(i / columns)));
  return g.where(g.graph.constant(before, [rows, columns], 'bool'), seen, -Infinity);
}
