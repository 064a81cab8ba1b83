import { sizeOf, type Shape } from './broadcast.ts';
import { Graph, type Attributes, type DType, type TensorData, type Value } from './ir.ts';
import { backward, vjpRules, type VjpRule } from './vjp/index.ts';

/** One op, applied to given values: what a VJP rule is checked on. */
export interface Case {
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly attributes?: Attributes;
  /** The input that is differentiated; the first by default. */
  readonly wrt?: number;
  /** The output whose gradient it is; the first by default. */
  readonly output?: number;
}
export interface Tensor {
  readonly data: TensorData;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Prepares a graph to be run many times. */
export type Open = (
  graph: Graph,
) => Promise<(x: Float32Array) => Promise<ReadonlyMap<string, { readonly data: TensorData }>>>;

/** A fixed, irregular cotangent in [0.5, 1.5): no two entries alike. */
const cotangentOf = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => 0.5 + ((i * 0.618034) % 1));

/** The case as a graph: input `x`; outputs `y`, and `dx` by the rule. */
function graphOf(
  { op, inputs, attributes, wrt = 0, output = 0 }: Case,
  rules: Readonly<Record<string, VjpRule>>,
): Graph {
  const graph = new Graph();
  const values = inputs.map(({ data, shape, dtype }, i) =>
    i === wrt ? graph.input('x', shape) : graph.constant(data, shape, dtype),
  );
  const y = graph.add(op, values, attributes).node.outputs[output];
  if (!values[wrt] || !y) throw new Error(`${op}: no such input or output`);
  differentiate(graph, y, rules);
  return graph;
}

/** Names a value of a one-input graph `y`, and appends its gradient by the rules as `dx`. */
export function differentiate(graph: Graph, y: Value, rules = vjpRules): void {
  const [x] = graph.inputs;
  if (!x) throw new Error('a graph without an input has no gradient');
  graph.output('y', y);
  const cotangent = graph.constant(cotangentOf(sizeOf(y.shape)), y.shape);
  graph.output('dx', backward(graph, y, cotangent, x, rules));
}

/**
 * How far the rule's gradient is from central differences: the largest difference, relative to the largest entry. The
 * case's values must lie further than `step` from every kink.
 */
export async function gradientError(
  given: Case,
  open: Open,
  { rules = vjpRules, step = 0.01 }: { rules?: Readonly<Record<string, VjpRule>>; step?: number } = {},
): Promise<number> {
  return differenceError(graphOf(given, rules), given.inputs[given.wrt ?? 0]?.data as Float32Array, open, step);
}

/** The same for a graph that `differentiate` has made, at its input x. */
export async function differenceError(graph: Graph, x: Float32Array, open: Open, step = 0.01): Promise<number> {
  const run = await open(graph);
  const read = async (at: Float32Array, name: string): Promise<Float32Array> =>
    (await run(at)).get(name)?.data as Float32Array;
  const analytic = await read(x, 'dx');
  const [largest, error] = [{ value: 1e-6 }, { value: 0 }];
  for (let i = 0; i < x.length; i++) {
    const [above, below] = [x.with(i, (x[i] as number) + step), x.with(i, (x[i] as number) - step)];
    const [up, down] = [await read(above, 'y'), await read(below, 'y')];
    const cotangent = cotangentOf(up.length);
    const rise = cotangent.reduce((sum, c, k) => sum + c * ((up[k] as number) - (down[k] as number)), 0);
    const numeric = rise / ((above[i] as number) - (below[i] as number));
    largest.value = Math.max(largest.value, Math.abs(numeric));
    error.value = Math.max(error.value, Math.abs(numeric - (analytic[i] as number)));
  }
  return error.value / largest.value;
}
