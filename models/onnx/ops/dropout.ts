import { sizeOf } from '../../../src/graph/broadcast.ts';
import { Builder } from '../../../src/graph/builder.ts';
import type { Value } from '../../../src/graph/ir.ts';
import type { Import, Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { uniformLike } from './random.ts';

/** What drops values in training, and lets all pass afterwards. */
export const dropoutOps: Importers = {
  Dropout: (node, into) => {
    const { graph, isKnown, numbers } = into;
    const x = node.input(0);
    if (into.training) return dropped(node, into, x);
    const training = node.inputs[2];
    if (training && !(isKnown(training) && numbers(training)[0] === 0)) throw node.unsupported('in training mode it is random');
    return node.outputs === 1 ? x : [x, graph.constant(new Uint8Array(sizeOf(x.shape)).fill(1), x.shape, 'bool')];
  },
};

/** x / (1 − ratio) where a uniform number is at least the ratio, else 0; and where it is. */
function dropped(node: OnnxNode, into: Import, x: Value): readonly Value[] {
  const g = new Builder(into.graph, node.name);
  const given = node.inputs[1];
  const ratio = given ? (into.numbers(given)[0] ?? 0.5) : node.float('ratio', 0.5);
  const mask = g.op('GreaterOrEqual', [uniformLike(node, into, x), ratio]);
  return [g.mul(x, g.mul(g.indicator(mask), 1 / (1 - ratio))), mask];
}
