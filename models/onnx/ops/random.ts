import { Builder } from '../../../src/graph/builder.ts';
import type { Value } from '../../../src/graph/ir.ts';
import type { Import, Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';

/**
 * Random numbers, drawn for each example: an input of the graph [batch, …]. `shape` is that of one example's share as
 * the file has it, its first axis that many times as long in a batch. (Noise is our own op: see noise.ts.)
 */
function noise(node: OnnxNode, { graph, batch }: Import): Value {
  const like = node.inputs[0];
  const whole = like ? like.shape : node.ints('shape');
  const shape = shareOf(node, whole, like ? batch : 1, batch);
  const name = `noise ${graph.inputs.length}`;
  const drawn = graph.input(name, [batch, ...shape], 'float32', { kind: node.text('kind'), shape, source: node.name });
  const [first = 1, ...rest] = shape;
  return new Builder(graph, node.name).reshape(drawn, shape.length === 0 ? [] : [batch * first, ...rest]);
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
