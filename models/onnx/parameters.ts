import type { Parameter } from '../../src/graph/trainable.ts';
import { TensorProto_DataType as ElementType, type GraphProto, type NodeProto, type TensorProto } from '../../src/graph/proto/onnx_pb.ts';
import { decoded } from './tensor.ts';

/** Inputs that are weights whatever they look like. */
const weights: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  GroupNormalization: [1, 2],
  LayerNormalization: [1, 2],
  RMSNormalization: [1],
  PRelu: [1],
};
const averages: Readonly<Record<string, readonly number[]>> = { BatchNormalization: [3, 4] };

/** Ops whose constant may be a bias, a scale, an embedding or a token. */
const mixing = new Set(['Add', 'Mul', 'Concat']);
/** What leaves the numbers of its first input as they are. */
const moving = new Set(['Identity', 'Reshape', 'Transpose', 'Unsqueeze', 'Squeeze', 'Flatten', 'Expand', 'Gather']);

/**
 * The initialisers that training may move, and the averages that it keeps: float32, and weights by the ops that take them.
 * A constant that is added or multiplied counts where the other operand is made with weights, so that the normalisation of
 * the input does not; one number alone is a part of a formula, and more than two axes are a mask.
 */
export function parametersIn({ node: nodes, initializer }: GraphProto): Parameter[] {
  const floats = new Map(initializer.filter(({ dataType }) => dataType === (ElementType.FLOAT as number)).map((each) => [each.name, each]));
  /** By the name of an initialiser, or of what a node has made of one by moving its numbers. */
  const sources = new Map(floats);
  const [learned, kept] = [new Set<TensorProto>(), new Set<TensorProto>()];
  /** Values that depend on weights and on more. */
  const made = new Set<string>();
  for (const node of nodes) {
    const { opType, input, output } = node;
    const moved = moving.has(opType) ? sources.get(input[0] ?? '') : undefined;
    if (moved) {
      for (const name of output) sources.set(name, moved);
      continue;
    }
    const own = among(sources, node, weights);
    const mixed = mixing.has(opType) && input.some((name) => made.has(name)) ? input.flatMap((name) => mixable(sources.get(name))) : [];
    for (const tensor of [...own, ...mixed]) learned.add(tensor);
    for (const tensor of among(sources, node, averages)) kept.add(tensor);
    if (own.length > 0 || input.some((name) => made.has(name))) for (const name of output) made.add(name);
  }
  return [...floats.values()]
    .filter((tensor) => learned.has(tensor) || kept.has(tensor))
    .map((tensor) => parameterOf(tensor, learned.has(tensor)));
}

function among(sources: ReadonlyMap<string, TensorProto>, { opType, domain, input }: NodeProto, table: typeof weights): TensorProto[] {
  const at = domain === '' && Object.hasOwn(table, opType) ? (table[opType] ?? []) : [];
  return at.flatMap((i) => sources.get(input[i] ?? '') ?? []);
}

function mixable(tensor: TensorProto | undefined): TensorProto[] {
  const long = tensor?.dims.filter((n) => n > 1n).length ?? 0;
  return tensor && long > 0 && long <= 2 ? [tensor] : [];
}

function parameterOf(tensor: TensorProto, trainable: boolean): Parameter {
  const { data, shape } = decoded(tensor);
  return { name: tensor.name, shape, data: data as Float32Array, trainable };
}
