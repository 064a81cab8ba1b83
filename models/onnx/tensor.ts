import { UserError } from '../../src/core/errors.ts';
import { sizeOf } from '../../src/graph/broadcast.ts';
import type { DType, Graph, TensorData, Value } from '../../src/graph/ir.ts';
import { Untraceable } from '../../src/graph/ir.ts';
import { TensorProto_DataType as ElementType, type TensorProto } from '../../src/graph/proto/onnx_pb.ts';
import { elementTypeName, stored } from './elementTypes.ts';
import { bfloat16, float16, nibbles, signedNibbles } from './smallFloats.ts';

/** A tensor of the file as the IR has it. */
export interface Decoded {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** An initialiser as a constant of the graph. */
export function constantOf(graph: Graph, tensor: TensorProto): Value {
  const { data, shape, dtype } = decoded(tensor);
  const value = graph.constant(data, shape, dtype, tensor.name);
  if (fourBits.has(tensor.dataType)) narrow.add(value);
  return value;
}

const fourBits = new Set<number>([ElementType.INT4, ElementType.UINT4]);
const narrow = new WeakSet<Value>();

/** Whether a constant has 4 bits in the file. Its numbers are right in 8, but what is computed in its type ends elsewhere. */
export const isFourBits = (value: Value): boolean => narrow.has(value);

/** Each tensor is read once, however often its graph is imported. */
const read = new WeakMap<TensorProto, Decoded>();

/**
 * The numbers of a tensor. The IR has fewer types than ONNX: float16, bfloat16 and float64 become float32, integers the
 * smallest signed type of the IR that holds them. Data outside the file must have been read into the tensor before.
 */
export function decoded(tensor: TensorProto): Decoded {
  const before = read.get(tensor);
  if (before) return before;
  const storage = storageOf(tensor);
  const shape = tensor.dims.map(Number);
  checkSize(tensor, shape);
  const raw = tensor.rawData.length > 0 ? fromBytes(storage, tensor.rawData) : storage.array.from(fieldOf(tensor, storage));
  const data = storage.decode?.(raw, sizeOf(shape), tensor) ?? (raw as TensorData);
  const found = { dtype: storage.dtype, shape, data };
  read.set(tensor, found);
  return found;
}

type Stored = TensorData | Float64Array | Uint16Array | Int16Array | Uint32Array | BigUint64Array;

/** How ONNX stores an element type: as raw bytes, or in a field of numbers. */
interface Storage {
  readonly field: 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data';
  readonly array: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBufferLike, offset: number, length: number): Stored;
    from(values: readonly (number | bigint)[]): Stored;
  };
  readonly dtype: DType;
  /** From the stored type to the IR's, where they differ. */
  readonly decode?: (stored: Stored, count: number, tensor: TensorProto) => TensorData;
}

const storage = (
  field: Storage['field'],
  array: unknown,
  dtype: DType,
  decode?: Storage['decode'],
): Storage => ({ field, array: array as Storage['array'], dtype, ...(decode && { decode }) });

const numbers = (stored: Stored): ArrayLike<number> => stored as ArrayLike<number>;
const wider = (stored: Stored): BigInt64Array => BigInt64Array.from(Array.from(numbers(stored), BigInt));

function signed(stored: Stored, _: number, tensor: TensorProto): BigInt64Array {
  const values = BigInt64Array.from(stored as BigUint64Array);
  if (values.some((value) => value < 0n)) throw unsupported(tensor, 'its numbers exceed 63 bits');
  return values;
}

const storages: Readonly<Partial<Record<ElementType, Storage>>> = {
  [ElementType.FLOAT]: storage('floatData', Float32Array, 'float32'),
  [ElementType.DOUBLE]: storage('doubleData', Float64Array, 'float32', (stored) => Float32Array.from(numbers(stored))),
  [ElementType.FLOAT16]: storage('int32Data', Uint16Array, 'float32', (stored) => float16(numbers(stored))),
  [ElementType.BFLOAT16]: storage('int32Data', Uint16Array, 'float32', (stored) => bfloat16(numbers(stored))),
  [ElementType.INT64]: storage('int64Data', BigInt64Array, 'int64'),
  [ElementType.UINT64]: storage('uint64Data', BigUint64Array, 'int64', signed),
  [ElementType.INT32]: storage('int32Data', Int32Array, 'int32'),
  [ElementType.UINT32]: storage('uint64Data', Uint32Array, 'int64', wider),
  [ElementType.INT16]: storage('int32Data', Int16Array, 'int32', (stored) => Int32Array.from(numbers(stored))),
  [ElementType.UINT16]: storage('int32Data', Uint16Array, 'int32', (stored) => Int32Array.from(numbers(stored))),
  [ElementType.INT8]: storage('int32Data', Int8Array, 'int8'),
  [ElementType.UINT8]: storage('int32Data', Uint8Array, 'uint8'),
  [ElementType.BOOL]: storage('int32Data', Uint8Array, 'bool'),
  [ElementType.INT4]: storage('int32Data', Uint8Array, 'int8', (stored, n) => signedNibbles(numbers(stored), n)),
  [ElementType.UINT4]: storage('int32Data', Uint8Array, 'uint8', (stored, n) => nibbles(numbers(stored), n)),
};

/** What the IR makes of an ONNX element type; undefined where it has nothing for it. */
export const dtypeOf = (elementType: number): DType | undefined => storages[elementType as ElementType]?.dtype;

function storageOf(tensor: TensorProto): Storage {
  const found = storages[tensor.dataType as ElementType];
  if (found) return found;
  throw unsupported(tensor, `its element type ${elementTypeName(tensor.dataType)} is not supported`);
}

const unsupported = (tensor: TensorProto, why: string): Untraceable =>
  new Untraceable('Constant', `tensor '${tensor.name}': ${why}`);

/** Before anything of the size that the file declares is allocated: are there as many bytes or numbers? */
function checkSize(tensor: TensorProto, shape: readonly number[]): void {
  if (shape.some((n) => n < 0)) throw new UserError(`tensor '${tensor.name}': expected no negative size, found [${shape.join(', ')}]`);
  const held = stored(tensor);
  if (held?.found === held?.expected) return;
  const kind = `${elementTypeName(tensor.dataType)} [${shape.join(', ')}]`;
  throw new UserError(`tensor '${tensor.name}': expected ${held?.expected} ${held?.unit} for ${kind}, found ${held?.found}`);
}

/** A view of the file's own bytes, or of a copy where they do not lie on the element's boundary. */
function fromBytes({ array: Type }: Storage, bytes: Uint8Array): Stored {
  const { buffer, byteOffset, length } = bytes.byteOffset % Type.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new Type(buffer, byteOffset, length / Type.BYTES_PER_ELEMENT);
}

/** ONNX keeps integers shorter than 32 bits as int32, and those without sign in 64 bits: typed arrays cut them. */
const fieldOf = (tensor: TensorProto, { field }: Storage): readonly (number | bigint)[] =>
  field === 'uint64Data' && tensor.dataType === (ElementType.UINT32 as number) ? tensor.uint64Data.map(Number) : tensor[field];
