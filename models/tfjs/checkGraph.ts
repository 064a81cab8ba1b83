import { UserError } from '../../src/core/errors.ts';
import type { GraphDef } from './graphDef.ts';

/** What TF.js runs asynchronously only: neither tracing nor its gradients can follow. */
const asynchronous =
  /^(Switch|Merge|Enter|Exit|NextIteration|LoopCond|(Stateless)?(If|While)|Tensor(List|Array)\w*|NonMaxSuppression\w*|Where|(Hash|Lookup)Table\w*)$/;

/** Refuses a graph that cannot be followed from its input to its output. */
export function checkGraph(file: string, graph: GraphDef, input: string, output: string): void {
  const between = graph.ancestors(output);
  const node = between.find(({ op }) => asynchronous.test(op));
  if (node) throw new UserError(`${file}: node ${node.name} is a ${node.op}, and a graph with control flow has no gradient in TF.js`);
  if (!between.some(({ name }) => name === input)) throw new UserError(`${file}: output ${output} does not depend on the input ${input}`);
}
