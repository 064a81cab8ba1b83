import type { Graph, Value } from './ir.ts';
import { appendLossHead } from './lossHead.ts';
import { foldBatchNorm } from './passes/foldBatchNorm.ts';
import { foldConstants, type Evaluate } from './passes/foldConstants.ts';
import { fuseLayerNorm } from './passes/fuseLayerNorm.ts';
import { layout } from './passes/layout.ts';
import { shareCommon } from './passes/shareCommon.ts';
import { simplify } from './passes/simplify.ts';
import { backward, vjpRules, type VjpRule } from './vjp/index.ts';

export type { Evaluate } from './passes/foldConstants.ts';

type Pass = (graph: Graph, evaluate: Evaluate) => Graph | Promise<Graph>;

/** On the traced forward pass: channels first throughout, weights folded. */
const forwardPasses: readonly Pass[] = [layout, simplify, foldConstants, fuseLayerNorm, foldBatchNorm, foldConstants, shareCommon];

/** Once more on the whole gradient graph, whose rules have derived new constants from the weights. */
const gradientPasses: readonly Pass[] = [simplify, foldConstants, shareCommon];

async function apply(passes: readonly Pass[], graph: Graph, evaluate: Evaluate): Promise<Graph> {
  let result = graph;
  for (const pass of passes) result = await pass(result, evaluate);
  return result;
}

/** `x` -> `logits`, ready to be lowered. */
export function forwardGraph(forward: Graph, evaluate: Evaluate): Promise<Graph> {
  return apply(forwardPasses, forward, evaluate);
}

/** A graph with gradients in it, ready to be lowered. */
export function differentiated(graph: Graph, evaluate: Evaluate): Promise<Graph> {
  return apply(gradientPasses, graph, evaluate);
}

/** `x`, `lossKind`, `lossA`, `lossB` -> `logits`, `loss`, `gradient`, ready to be lowered. */
export async function gradientGraph(
  forward: Graph,
  evaluate: Evaluate,
  rules: Readonly<Record<string, VjpRule>> = vjpRules,
): Promise<Graph> {
  return withGradient(await forwardGraph(forward, evaluate), evaluate, rules);
}

/** The same of a forward graph that is ready itself; it is used up. */
export function withGradient(
  graph: Graph,
  evaluate: Evaluate,
  rules: Readonly<Record<string, VjpRule>>,
): Promise<Graph> {
  const x = graph.inputs[0] as Value;
  const logits = graph.outputs.get('logits');
  if (!logits) throw new Error('the graph has no output named logits');
  const { loss, cotangent } = appendLossHead(graph, logits);
  graph.output('loss', loss);
  graph.output('gradient', backward(graph, logits, cotangent, x, rules));
  return differentiated(graph, evaluate);
}
