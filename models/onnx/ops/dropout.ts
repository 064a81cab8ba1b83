import { sizeOf } from '../../../src/graph/broadcast.ts';
import type { Importers } from '../importer.ts';

/** What drops values in training, and lets all pass afterwards. */
export const dropoutOps: Importers = {
  Dropout: (node, { graph, isKnown, numbers }) => {
    const x = node.input(0);
    const training = node.inputs[2];
    if (training && !(isKnown(training) && numbers(training)[0] === 0)) throw node.unsupported('in training mode it is random');
    return node.outputs === 1 ? x : [x, graph.constant(new Uint8Array(sizeOf(x.shape)).fill(1), x.shape, 'bool')];
  },
};
