import { TensorProto_DataType as ElementType, type TensorProto } from '../../src/graph/proto/onnx_pb.ts';

type Field = 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data' | 'stringData';

/** How many bits an element of a tensor takes in raw bytes, and which field holds it otherwise. */
interface Element {
  readonly bits: number;
  readonly field: Field;
  /** Numbers of the field for one element; less than one where several share a number. */
  readonly numbers?: number;
}

const elements: Readonly<Partial<Record<ElementType, Element>>> = {
  [ElementType.FLOAT]: { bits: 32, field: 'floatData' },
  [ElementType.DOUBLE]: { bits: 64, field: 'doubleData' },
  [ElementType.INT64]: { bits: 64, field: 'int64Data' },
  [ElementType.UINT64]: { bits: 64, field: 'uint64Data' },
  [ElementType.UINT32]: { bits: 32, field: 'uint64Data' },
  [ElementType.INT32]: { bits: 32, field: 'int32Data' },
  [ElementType.COMPLEX64]: { bits: 64, field: 'floatData', numbers: 2 },
  [ElementType.COMPLEX128]: { bits: 128, field: 'doubleData', numbers: 2 },
  [ElementType.STRING]: { bits: NaN, field: 'stringData' },
  ...same([ElementType.FLOAT16, ElementType.BFLOAT16, ElementType.INT16, ElementType.UINT16], { bits: 16, field: 'int32Data' }),
  ...same([ElementType.INT8, ElementType.UINT8, ElementType.BOOL], { bits: 8, field: 'int32Data' }),
  ...same(
    [ElementType.FLOAT8E4M3FN, ElementType.FLOAT8E4M3FNUZ, ElementType.FLOAT8E5M2, ElementType.FLOAT8E5M2FNUZ, ElementType.FLOAT8E8M0],
    { bits: 8, field: 'int32Data' },
  ),
  ...same([ElementType.INT4, ElementType.UINT4, ElementType.FLOAT4E2M1], { bits: 4, field: 'int32Data', numbers: 0.5 }),
  ...same([ElementType.INT2, ElementType.UINT2], { bits: 2, field: 'int32Data', numbers: 0.25 }),
};

function same(types: readonly ElementType[], element: Element): Partial<Record<ElementType, Element>> {
  return Object.fromEntries(types.map((type) => [type, element]));
}

/** 'float16', as error lines say it. */
export function elementTypeName(type: number): string {
  return ElementType[type]?.toLowerCase() ?? `type ${type}`;
}

/** Elements by the tensor's shape; not rounded to what a number holds exactly. */
export function elementsOf({ dims }: TensorProto): number {
  return dims.reduce((product, n) => product * Number(n), 1);
}

/** Bytes that the tensor takes as raw data; NaN for texts and undefined for what is no element type. */
export function bytesOf(tensor: TensorProto): number | undefined {
  const element = elements[tensor.dataType as ElementType];
  return element && Math.ceil((elementsOf(tensor) * element.bits) / 8);
}

/** What the tensor's own fields hold, and what its shape asks them to. */
export function stored(tensor: TensorProto): { readonly found: number; readonly expected: number; readonly unit: string } | undefined {
  const element = elements[tensor.dataType as ElementType];
  if (!element) return undefined;
  const { bits, field, numbers = 1 } = element;
  if (tensor.rawData.length > 0) return { found: tensor.rawData.length, expected: Math.ceil((elementsOf(tensor) * bits) / 8), unit: 'bytes' };
  return { found: tensor[field].length, expected: Math.ceil(elementsOf(tensor) * numbers), unit: 'values' };
}
