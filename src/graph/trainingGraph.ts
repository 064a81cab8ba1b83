import { Builder } from './builder.ts';
import { Graph, type Value } from './ir.ts';
import { differentiated, forwardGraph, type Evaluate } from './prepare.ts';
import { copyNode, live } from './rewrite.ts';
import { gradientOutput, parameterOf, parametersOf, statisticOutput } from './trainable.ts';
import { backwardAll } from './vjp/index.ts';

/** What a training step makes small. */
export interface Objective {
  readonly name: string;
  /** The passes it compares: of the examples `x` alone, or of adversarial ones `adv` beside them. */
  readonly views: 1 | 2;
  /** The loss of each row [N], from the logits [N, K] of each view and the labels as distributions [N, K]. */
  readonly loss: (g: Builder, logits: readonly Value[], y: Value) => Value;
}

export interface TrainingOptions {
  /** Adds the output `inputGradient`, of the mean loss with respect to the last view's examples. */
  readonly inputGradient?: boolean;
}

/** The names of the examples and logits of each view. */
export const viewInputs = ['x', 'adv'] as const;
export const viewLogits = ['logits', 'advLogits'] as const;

/**
 * One training step's graph: `x` (and `adv`), `y` [N, K] and the parameters in; the mean `loss`, the `logits` (and
 * `advLogits`), each trainable parameter's gradient and each moving average's new value out. Two views share the
 * parameters and nothing else: each has statistics of its own, as in two calls of a model, and draws of its own; averages
 * move twice.
 */
export async function trainingGraph(
  forward: Graph,
  { views, loss }: Objective,
  evaluate: Evaluate,
  { inputGradient = false }: TrainingOptions = {},
): Promise<Graph> {
  const pass = await forwardGraph(forward, evaluate);
  const graph = new Graph();
  const inputs = new Map(parametersOf(pass).map(({ name, value }) => [name, copyNode(graph, value.node, [])[0] as Value]));
  const averages = new Map(inputs);
  const examples = viewInputs.slice(0, views).map((view, i) => append(graph, pass, view, averages, viewLogits[i] as string));
  const logits = examples.map((_, i) => graph.outputs.get(viewLogits[i] as string) as Value);
  const g = new Builder(graph, 'objective');
  const rows = loss(g, logits, graph.input('y', (logits[0] as Value).shape));
  const mean = g.op('ReduceMean', [rows], { axes: [0], keepdims: 0 });
  graph.output('loss', mean);
  for (const [name, value] of averages) if (value !== inputs.get(name)) graph.output(statisticOutput(name), value);

  const learned = parametersOf(graph).filter(({ trainable }) => trainable);
  const wrt = [...learned.map(({ value }) => value), ...(inputGradient ? [examples.at(-1) as Value] : [])];
  const gradients = backwardAll(graph, mean, graph.scalar(1), wrt);
  for (const [i, { name }] of learned.entries()) graph.output(gradientOutput(name), gradients[i] as Value);
  if (inputGradient) graph.output('inputGradient', gradients.at(-1) as Value);
  return differentiated(graph, evaluate);
}

/** Appends a pass over new examples; moves the averages on. Returns its examples. */
function append(graph: Graph, pass: Graph, view: string, averages: Map<string, Value>, logits: string): Value {
  const found = new Map<Value, Value>();
  const before = new Map(averages);
  for (const node of live(pass)) {
    const given = node.inputs.flatMap((input) => (input ? [found.get(input) as Value] : []));
    const [value] = node.outputs as readonly [Value];
    const shared = before.get(parameterOf(value) ?? '');
    const outputs = shared ? [shared] : node.op === 'Input' ? [ownInput(graph, value, view)] : copyNode(graph, node, given);
    for (const [i, output] of node.outputs.entries()) found.set(output, outputs[i] as Value);
  }
  for (const name of before.keys()) {
    const moved = pass.outputs.get(statisticOutput(name));
    if (moved) averages.set(name, found.get(moved) as Value);
  }
  graph.output(logits, found.get(pass.outputs.get('logits') as Value) as Value);
  return found.get(pass.inputs[0] as Value) as Value;
}

/** The examples go by the view's name; of the random numbers each view has its own. */
function ownInput(graph: Graph, { node: { name, attributes }, shape, dtype }: Value, view: string): Value {
  const own = name === 'x' ? view : view === 'x' ? name : `${view} ${name}`;
  return graph.input(own, shape, dtype, attributes);
}
