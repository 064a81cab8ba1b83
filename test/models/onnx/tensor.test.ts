import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { decoded } from '../../../models/onnx/tensor.ts';
import { TensorProto_DataType as ElementType, TensorProtoSchema, type TensorProto } from '../../../src/graph/proto/onnx_pb.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const raw = (dataType: ElementType, dims: readonly number[], rawData: Uint8Array): TensorProto =>
  create(TensorProtoSchema, { name: 'w', dataType, dims: dims.map(BigInt), rawData });
const typed = (dataType: ElementType, dims: readonly number[], fields: object): TensorProto =>
  create(TensorProtoSchema, { name: 'w', dataType, dims: dims.map(BigInt), ...fields });
const numbers = (tensor: TensorProto): number[] => Array.from(decoded(tensor).data as ArrayLike<number | bigint>, Number);

/** The same numbers as raw bytes, little-endian, and in a field; and what the IR makes of their type. */
const rows: readonly [ElementType, string, readonly number[], Uint8Array, object][] = [
  [ElementType.FLOAT, 'float32', [1, -2.5], bytes(0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0), { floatData: [1, -2.5] }],
  [ElementType.DOUBLE, 'float32', [-0.75], bytes(0, 0, 0, 0, 0, 0, 0xe8, 0xbf), { doubleData: [-0.75] }],
  [ElementType.FLOAT16, 'float32', [1.5, -0.25, 65504, 2 ** -24, -Infinity], bytes(0, 0x3e, 0, 0xb4, 0xff, 0x7b, 1, 0, 0, 0xfc), { int32Data: [0x3e00, 0xb400, 0x7bff, 1, 0xfc00] }],
  [ElementType.BFLOAT16, 'float32', [1, -2.5], bytes(0x80, 0x3f, 0x20, 0xc0), { int32Data: [0x3f80, 0xc020] }],
  [ElementType.INT64, 'int64', [-2, 5], bytes(0xfe, 255, 255, 255, 255, 255, 255, 255, 5, 0, 0, 0, 0, 0, 0, 0), { int64Data: [-2n, 5n] }],
  [ElementType.UINT64, 'int64', [258], bytes(2, 1, 0, 0, 0, 0, 0, 0), { uint64Data: [258n] }],
  [ElementType.INT32, 'int32', [-2], bytes(0xfe, 255, 255, 255), { int32Data: [-2] }],
  [ElementType.UINT32, 'int64', [2 ** 32 - 2], bytes(0xfe, 255, 255, 255), { uint64Data: [2n ** 32n - 2n] }],
  [ElementType.INT16, 'int32', [-2], bytes(0xfe, 255), { int32Data: [-2] }],
  [ElementType.UINT16, 'int32', [65534], bytes(0xfe, 255), { int32Data: [65534] }],
  [ElementType.INT8, 'int8', [-2, 3], bytes(0xfe, 3), { int32Data: [-2, 3] }],
  [ElementType.UINT8, 'uint8', [254, 3], bytes(0xfe, 3), { int32Data: [254, 3] }],
  [ElementType.BOOL, 'bool', [1, 0], bytes(1, 0), { int32Data: [1, 0] }],
  [ElementType.INT4, 'int8', [-8, 7, -1], bytes(0x78, 0x0f), { int32Data: [0x78, 0x0f] }],
  [ElementType.UINT4, 'uint8', [8, 7, 15], bytes(0x78, 0x0f), { int32Data: [0x78, 0x0f] }],
];

describe('a tensor of the file', () => {
  test.each(rows.map((row) => [ElementType[row[0]], row] as const))('of %s is read from bytes and from numbers', (_, [type, dtype, values, inBytes, fields]) => {
    for (const tensor of [raw(type, [values.length], inBytes), typed(type, [values.length], fields)]) {
      expect(numbers(tensor)).toEqual(values);
      expect(decoded(tensor)).toMatchObject({ dtype, shape: [values.length] });
    }
  });

  test('is read where its bytes do not lie on a boundary of its elements', () => {
    const file = Buffer.from([9, 0, 0, 0x80, 0x3f]);
    expect(numbers(raw(ElementType.FLOAT, [], file.subarray(1)))).toEqual([1]);
  });

  test.each([
    ['as many bytes as its shape says', raw(ElementType.FLOAT, [2, 3], bytes(0, 0, 0, 0)), "tensor 'w': expected 24 bytes for float [2, 3], found 4"],
    ['as many numbers', typed(ElementType.FLOAT, [3], { floatData: [1, 2] }), "tensor 'w': expected 3 values for float [3], found 2"],
    ['no negative size', typed(ElementType.FLOAT, [-1, -1], { floatData: [1] }), "tensor 'w': expected no negative size, found [-1, -1]"],
    ['no size beyond its bytes', raw(ElementType.INT8, [2 ** 40, 2 ** 40], bytes(1)), "tensor 'w': expected 1.2089258196146292e+24 bytes for int8 [1099511627776, 1099511627776], found 1"],
    ['numbers, not texts', typed(ElementType.STRING, [1], { stringData: [bytes(65)] }), "Constant: tensor 'w': its element type string is not supported"],
    ['numbers within 63 bits', typed(ElementType.UINT64, [1], { uint64Data: [2n ** 63n] }), "Constant: tensor 'w': its numbers exceed 63 bits"],
  ])('has %s, or is refused in one line', (_, tensor, line) => {
    expect(() => decoded(tensor)).toThrow(line);
  });
});
