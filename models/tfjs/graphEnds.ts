import { UserError } from '../../src/core/errors.ts';
import { axesOf, type GraphDef } from './graphDef.ts';
import type { Signature } from './graphFiles.ts';
import { tapGraph, type Tap } from './tapGraph.ts';

/** Where examples go in. */
export interface GraphInput {
  /** Its node. */
  readonly name: string;
  /** Of one example. */
  readonly shape: readonly number[];
}

/** The one input of a graph, from its signature and its placeholder. */
export function graphInput(file: string, graph: GraphDef, { inputs = {} }: Signature): GraphInput {
  const signed = Object.values(inputs);
  const named = signed.length > 0 ? signed : graph.nodes.filter(({ op }) => op.startsWith('Placeholder'));
  const names = named.map(({ name }) => name);
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw new UserError(`${file}: expected a model with one input, found ${names.length}${listed(names)}`);
  const node = graph.node(name);
  if (!node) throw new UserError(`${file}: the signature's input ${name} is not in the graph`);
  const type = node.attr?.['dtype']?.type ?? 'DT_FLOAT';
  if (!floats.has(type)) throw new UserError(`${file}: expected a float32 input, found ${type}`);
  const axes = axesOf(node.attr?.['shape']?.shape) ?? axesOf(signed[0]?.tensorShape);
  const [batch, ...shape] = axes ?? [];
  if (batch === undefined || !shape.every((n) => Number.isInteger(n) && n > 0)) throw new UserError(`${file}: expected an input of fixed size, found ${written(axes)}`);
  if (batch > 1) throw new UserError(`${file}: expected a batch of any size, or of 1, found ${batch}`);
  return { name: node.name, shape };
}

/** The output that is the classifier's: the only one, or the only one that ends in a softmax or sigmoid. */
export function graphOutput(file: string, graph: GraphDef, names: readonly string[]): Tap {
  const taps = names.map((name) => tapGraph(graph, name));
  const normalised = taps.filter(({ normaliser }) => normaliser !== undefined);
  const [tap] = taps.length === 1 ? taps : normalised;
  if (tap && (taps.length === 1 || normalised.length === 1)) return tap;
  throw new UserError(`${file}: expected a model with one output, or one that ends in a softmax or sigmoid, found ${names.length}${listed(names)}`);
}

/** Those that the signature names; without one, whatever nothing else uses. */
export function outputNames(file: string, graph: GraphDef, { outputs = {} }: Signature): string[] {
  const signed = [...new Set(Object.values(outputs).map(({ name }) => name))];
  const missing = signed.find((name) => !graph.node(name));
  if (missing !== undefined) throw new UserError(`${file}: the signature's output ${missing} is not in the graph`);
  if (signed.length > 0) return signed;
  const used = new Set(graph.nodes.flatMap(({ input = [] }) => input).map((reference) => graph.node(reference)));
  return graph.nodes.filter((node) => !used.has(node) && node.op !== 'NoOp').map(({ name }) => name);
}

/** As text or as the number of the enumeration; TF.js computes halves in float32. */
const floats = new Set<string | number>(['DT_FLOAT', 1, 'DT_HALF', 19]);

const listed = (names: readonly string[]): string => (names.length > 0 ? `: ${names.join(', ')}` : '');
const written = (axes: readonly number[] | undefined): string => (axes ? `[${axes.map((n) => (n < 0 ? '?' : n)).join(', ')}]` : 'none stated');
