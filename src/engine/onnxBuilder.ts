import { create, toBinary } from '@bufbuild/protobuf';
import { sizeOf } from '../graph/broadcast.ts';
import type { Attribute, Attributes, DType, TensorData } from '../graph/ir.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as ElementType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from '../graph/proto/onnx_pb.ts';
import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from '../graph/proto/onnx_pb.ts';

export const elementType: Readonly<Record<DType, ElementType>> = {
  float32: ElementType.FLOAT,
  int8: ElementType.INT8,
  uint8: ElementType.UINT8,
  int32: ElementType.INT32,
  int64: ElementType.INT64,
  bool: ElementType.BOOL,
};

/** ONNX's float attributes; every other numeric attribute is an integer. */
const floatAttributes = new Set([
  'alpha',
  'beta',
  'gamma',
  'epsilon',
  'bias',
  'lambd',
  'cubic_coeff_a',
  'extrapolation_value',
]);

const opset = 17n;
const irVersion = 8n;

/** Collects nodes and initialisers of one ONNX model. Values are known by name. */
export class OnnxBuilder {
  private readonly nodes: NodeProto[] = [];
  private readonly initializers: TensorProto[] = [];
  private readonly inputs: ValueInfoProto[] = [];
  private readonly outputs: ValueInfoProto[] = [];
  private readonly typed: ValueInfoProto[] = [];
  /** Small constants that several nodes ask for: by dtype, shape and values. */
  private readonly shared = new Map<string, string>();
  private nextName = 0;

  input(name: string, shape: readonly number[], dtype: DType): void {
    this.inputs.push(valueInfo(name, shape, dtype));
  }

  output(name: string, shape: readonly number[], dtype: DType): void {
    this.outputs.push(valueInfo(name, shape, dtype));
  }

  /** States a value's type and shape. ONNX Runtime infers not all (not MaxUnpool's, say), and its layouts need them. */
  typeOf(name: string, shape: readonly number[], dtype: DType): void {
    this.typed.push(valueInfo(name, shape, dtype));
  }

  /** Appends a node and returns the name of its first output. '' stands for an absent optional input or output. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    outputs: readonly string[] = [this.fresh()],
  ): string {
    const attribute = Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [attributeProto(name, value)],
    );
    this.nodes.push(create(NodeProtoSchema, { opType: op, input: trimmed(inputs), output: [...outputs], attribute }));
    return outputs[0] as string;
  }

  /** An initialiser. */
  tensor(data: TensorData, shape: readonly number[], dtype: DType, name = this.fresh()): string {
    const rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    this.initializers.push(
      create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: elementType[dtype], rawData }),
    );
    return name;
  }

  /** A vector of int64, as axes, pads and shapes are given. */
  ints(values: readonly number[]): string {
    return this.once(`int64:${values.join()}`, () =>
      this.tensor(BigInt64Array.from(values, BigInt), [values.length], 'int64'),
    );
  }

  scalar(value: number): string {
    return this.once(`scalar:${value}`, () => this.tensor(Float32Array.of(value), [], 'float32'));
  }

  filled(value: number, shape: readonly number[]): string {
    return this.once(`${value}:${shape.join()}`, () =>
      this.tensor(new Float32Array(sizeOf(shape)).fill(value), shape, 'float32'),
    );
  }

  encode(): Uint8Array {
    const { nodes: node, initializers: initializer, inputs: input, outputs: output, typed: valueInfo } = this;
    const model = create(ModelProtoSchema, {
      irVersion,
      producerName: 'breakwater',
      opsetImport: [{ domain: '', version: opset }],
      graph: { name: 'breakwater', node, initializer, input, output, valueInfo },
    });
    return toBinary(ModelProtoSchema, model);
  }

  private fresh(): string {
    return `##${this.nextName++}`;
  }

  private once(key: string, make: () => string): string {
    const name = this.shared.get(key) ?? make();
    this.shared.set(key, name);
    return name;
  }
}

/** Absent optional inputs at the end are left out, as ONNX Runtime expects. */
function trimmed(names: readonly string[]): string[] {
  return names.slice(0, names.findLastIndex((name) => name !== '') + 1);
}

function valueInfo(name: string, shape: readonly number[], dtype: DType): ValueInfoProto {
  const dim = shape.map((n) => ({ value: { case: 'dimValue' as const, value: BigInt(n) } }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: elementType[dtype], shape: { dim } } } },
  });
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  if (typeof value === 'object')
    return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
  if (floatAttributes.has(name)) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value });
  return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
}
