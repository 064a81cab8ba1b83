import { UserError } from '../src/core/errors.ts';
import { sizeOf } from '../src/graph/broadcast.ts';
import type { Graph } from '../src/graph/ir.ts';

/** 1 GB of float32: no classifier computes as much at once of one example. */
const mostElements = 2 ** 28;

/** The graph of a batch, unless a number in the model's file makes it larger than any memory. */
export function checkSizes(path: string, graph: Graph, batch: number): Graph {
  for (const { op, outputs } of graph.nodes) {
    const output = outputs.find(({ shape }) => sizeOf(shape) > mostElements * batch);
    if (output) throw new UserError(`${path}: expected at most 1 GB of values at once for an example, found ${op} of [${output.shape.join(', ')}]`);
  }
  return graph;
}
