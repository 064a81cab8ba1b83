import { UserError } from '../../src/core/errors.ts';
import { TensorProto_DataType as ElementType, type GraphProto, type TypeProto_Tensor, type ValueInfoProto } from '../../src/graph/proto/onnx_pb.ts';
import type { OnnxInput } from '../../src/graph/model.ts';
import { elementTypeName } from './elementTypes.ts';

const floats = new Set<number>([ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE]);

/** 64 MB of float32, a picture of 2,364 by 2,364 pixels: a larger size is a mistake in the file. */
const mostValues = 2 ** 24;

/** An input, and its element type in the file. */
export type FileInput = OnnxInput & { readonly elementType: number };

/** Where examples go in: the one input that is no weight. */
export function inputOf(file: string, graph: GraphProto, sizes?: readonly number[]): FileInput {
  const weights = new Set([...graph.initializer, ...graph.sparseInitializer.flatMap(({ values }) => values ?? [])].map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !weights.has(name));
  const [input] = inputs;
  if (!input || inputs.length > 1)
    throw new UserError(`${file}: expected a model with one input, found ${inputs.length}${listed(inputs)}`);
  const tensor = tensorType(input);
  if (!tensor || !floats.has(tensor.elemType))
    throw new UserError(`${file}: expected a float32, float16 or float64 input, found ${tensor ? elementTypeName(tensor.elemType) : 'no tensor'} '${input.name}'`);
  const axes = axesOf(tensor);
  const [rows, ...stated] = axes ?? [];
  const { shape, channelsFirst } = sizes ? filled(file, stated, sizes) : { shape: stated, channelsFirst: isChannelsFirst(stated) };
  if (rows === undefined || shape.length === 0 || shape.some((n) => !(n > 0)))
    throw new UserError(`${file}: expected an input [batch, …] whose other sizes are fixed, found '${input.name}' ${written(tensor)}; --input-shape says what is free: 224,224,3`);
  if ([rows || 1, ...shape].reduce((product, n) => product * n, 1) > mostValues)
    throw new UserError(`${file}: expected an input of at most ${mostValues} values, found '${input.name}' ${written(tensor)}`);
  return { name: input.name, elementType: tensor.elemType, shape, channelsFirst, ...(rows > 0 && { rows }) };
}

/** The sizes stated for a value; 0 for what is free; undefined where nothing is stated. */
export function axesOf({ shape }: TypeProto_Tensor): number[] | undefined {
  return shape?.dim.map(({ value }) => (value.case === 'dimValue' && value.value > 0n ? Number(value.value) : 0));
}

export function tensorType({ type }: ValueInfoProto): TypeProto_Tensor | undefined {
  return type?.value.case === 'tensorType' ? type.value.value : undefined;
}

/**
 * Images are [H, W, C] to breakwater. ONNX's own layout is [C, H, W]; a converter from TensorFlow keeps channels last,
 * which shows where only the last axis is as short as channels are.
 */
function isChannelsFirst(shape: readonly number[]): boolean {
  const [first, , last, ...more] = shape;
  if (last === undefined || more.length > 0) return false;
  const isChannels = (n: number | undefined): boolean => n === 1 || n === 3 || n === 4;
  return isChannels(first) || !isChannels(last);
}

/** The sizes [H, W, C] or [features] that the user says, in the order in which they fit what the file states. */
function filled(file: string, stated: readonly number[], sizes: readonly number[]) {
  const [height, width, channels, ...more] = sizes;
  const isImage = height !== undefined && width !== undefined && channels !== undefined && more.length === 0;
  const orders = [...(isImage ? [[channels, height, width]] : []), sizes];
  const shape = orders.find((order) => order.length === stated.length && order.every((n, axis) => stated[axis] === 0 || stated[axis] === n));
  if (shape) return { shape, channelsFirst: shape !== sizes };
  throw new UserError(`inputShape: expected what fits the input of ${file}, [${stated.map((n) => n || '?').join(', ')}] for an example, found [${sizes.join(', ')}]`);
}

/** [H, W, C] of an input's own shape. */
export function exampleShape({ shape, channelsFirst }: OnnxInput): readonly number[] {
  return channelsFirst ? [...shape.slice(1), ...shape.slice(0, 1)] : shape;
}

const listed = (inputs: readonly ValueInfoProto[]): string => (inputs.length > 0 ? `: ${inputs.map(({ name }) => name).join(', ')}` : '');

function written({ shape }: TypeProto_Tensor): string {
  if (!shape) return 'without a shape';
  return `[${shape.dim.map(({ value }) => (value.case === undefined ? '?' : String(value.value))).join(', ')}]`;
}
