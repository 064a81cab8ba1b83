import { Builder } from '../../../src/graph/builder.ts';
import type { Value } from '../../../src/graph/ir.ts';
import type { Import, Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';

/** Noise is our own op: see noise.ts. */
function noise(node: OnnxNode, into: Import): Value {
  const like = node.inputs[0];
  const whole = like ? like.shape : node.ints('shape');
  return drawn(node, into, node.text('kind'), shareOf(node, whole, like ? into.batch : 1, into.batch));
}

/** Uniform numbers in [0, 1), one for each of x, drawn for each example. */
export const uniformLike = (node: OnnxNode, into: Import, x: Value): Value =>
  drawn(node, into, 'uniform', shareOf(node, x.shape, into.batch, into.batch));

/**
 * Random numbers, drawn for each example: an input of the graph [batch, …]. `shape` is that of one example's share as
 * the file has it, its first axis that many times as long in a batch.
 */
function drawn(node: OnnxNode, { graph, batch }: Import, kind: string, shape: readonly number[]): Value {
  const name = `noise ${graph.inputs.length}`;
  const input = graph.input(name, [batch, ...shape], 'float32', { kind, shape, source: node.name });
  const [first = 1, ...rest] = shape;
  return new Builder(graph, node.name).reshape(input, shape.length === 0 ? [] : [batch * first, ...rest]);
}

/** One example's share of numbers that are drawn for `rows` examples together. */
function shareOf(node: OnnxNode, whole: readonly number[], rows: number, batch: number): readonly number[] {
  if (batch === 1) return whole;
  const [first, ...rest] = whole;
  // A file's own constant shape: only that for a batch of one says which axis the examples lie along.
  const stated = rows === 1 && first !== 1 ? undefined : first;
  if (stated === undefined || rest.length === 0 || stated % rows !== 0)
    throw node.unsupported(`its random numbers of shape [${whole.join(', ')}] are shared by the examples of a batch`);
  return [stated / rows, ...rest];
}

export const randomOps: Importers = { 'breakwater.Noise': noise };
