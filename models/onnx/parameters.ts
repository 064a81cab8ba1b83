import type { Parameter } from '../../src/graph/trainable.ts';
import { TensorProto_DataType as ElementType, type GraphProto, type NodeProto, type TensorProto } from '../../src/graph/proto/onnx_pb.ts';
import { averages, mixing, weights, type Rule, type Rules, type Start } from './starts.ts';
import { decoded } from './tensor.ts';

/** An initialiser that training may move, or in which it keeps an average. */
export interface Initializer extends Parameter {
  /** Absent where no op that takes it says. */
  readonly start?: Start;
}

/** What leaves the numbers of its first input as they are. */
const moving = new Set(['Identity', 'Reshape', 'Transpose', 'Unsqueeze', 'Squeeze', 'Flatten', 'Expand', 'Gather']);

/** An initialiser's numbers under some name, in some shape. */
interface Source {
  readonly tensor: TensorProto;
  readonly shape: readonly number[] | undefined;
}
type Sources = Map<string, Source>;
type Starts = Map<TensorProto, Start | undefined>;

/**
 * The initialisers that training may move, and the averages that it keeps: float32, and weights by the ops that take them.
 * A constant that is added or multiplied counts where the other operand is made with weights, so that the normalisation of
 * the input does not; one number alone is a part of a formula, and more than two axes are a mask.
 */
export function parametersIn({ node: nodes, initializer }: GraphProto): Initializer[] {
  const floats = initializer.filter(({ dataType }) => dataType === (ElementType.FLOAT as number));
  /** By the name of an initialiser, or of what a node has made of one by moving its numbers. */
  const sources: Sources = new Map(floats.map((tensor) => [tensor.name, { tensor, shape: tensor.dims.map(Number) }]));
  const learned: Starts = new Map();
  const kept: Starts = new Map();
  /** Values that depend on weights and on more. */
  const made = new Set<string>();
  for (const node of nodes) {
    const { opType, input, output } = node;
    const moved = moving.has(opType) ? sources.get(input[0] ?? '') : undefined;
    if (moved) {
      for (const name of output) sources.set(name, { tensor: moved.tensor, shape: shapeAfter(node, moved.shape) });
      continue;
    }
    const own = among(sources, node, weights);
    const mixed = input.some((name) => made.has(name)) ? mixedIn(sources, node) : [];
    note(learned, [...own, ...mixed]);
    note(kept, among(sources, node, averages));
    if (own.length > 0 || input.some((name) => made.has(name))) for (const name of output) made.add(name);
  }
  return floats.filter((tensor) => learned.has(tensor) || kept.has(tensor)).map((tensor) => initializerOf(tensor, learned, kept));
}

type Found = readonly [TensorProto, Start | undefined];

function among(sources: Sources, node: NodeProto, table: Rules): Found[] {
  const { opType, domain, input } = node;
  const rules = domain === '' && Object.hasOwn(table, opType) ? (table[opType] ?? {}) : {};
  return Object.entries(rules).flatMap(([at, rule]) => found(sources.get(input[Number(at)] ?? ''), node, rule));
}

function mixedIn(sources: Sources, node: NodeProto): Found[] {
  const rule = Object.hasOwn(mixing, node.opType) ? mixing[node.opType] : undefined;
  return rule ? node.input.flatMap((name) => found(mixable(sources.get(name)), node, rule)) : [];
}

function found(source: Source | undefined, node: NodeProto, rule: Rule): Found[] {
  return source ? [[source.tensor, rule(node, source.shape)]] : [];
}

function mixable(source: Source | undefined): Source | undefined {
  const shape = source?.tensor.dims.map(Number) ?? [];
  const long = shape.filter((n) => n > 1).length;
  return source && long > 0 && long <= 2 ? { ...source, shape } : undefined;
}

/** The first that says how a tensor begins is heard. */
function note(starts: Starts, all: readonly Found[]): void {
  for (const [tensor, start] of all) starts.set(tensor, starts.get(tensor) ?? start);
}

function shapeAfter({ opType, attribute }: NodeProto, shape: Source['shape']): Source['shape'] {
  if (opType === 'Identity' || !shape) return shape;
  if (opType !== 'Transpose') return undefined;
  const order = attribute.find(({ name }) => name === 'perm')?.ints.map(Number);
  return order ? order.map((axis) => shape[axis] as number) : shape.toReversed();
}

function initializerOf(tensor: TensorProto, learned: Starts, kept: Starts): Initializer {
  const { data, shape } = decoded(tensor);
  const start = learned.get(tensor) ?? kept.get(tensor);
  return { name: tensor.name, shape, data: data as Float32Array, trainable: learned.has(tensor), ...(start && { start }) };
}
