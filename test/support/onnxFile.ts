import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as ElementType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from '../../src/graph/proto/onnx_pb.ts';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from '../../src/graph/proto/onnx_pb.ts';

/** An ONNX attribute: whole numbers are INT or INTS, others FLOAT or FLOATS; `float(1)` says FLOAT of a whole one. */
export type OnnxAttribute = number | string | readonly number[] | readonly string[] | GraphProto | TensorProto | Floats;
interface Floats {
  readonly floats: number | readonly number[];
}
export const float = (value: number | readonly number[]): Floats => ({ floats: value });

export type Elements = keyof typeof ElementType;
/** A dimension: a size, or the name of one that is free. */
export type Dim = number | string;

/** A tensor of the file, its numbers raw as exporters write them. 2 ** 63 stands for INT64_MAX, which is no number. */
export function tensor(
  values: ArrayLike<number>,
  dims: readonly number[] = [values.length],
  elements: 'FLOAT' | 'DOUBLE' | 'INT64' | 'INT32' | 'INT8' | 'UINT8' | 'BOOL' = 'FLOAT',
  name = '',
): TensorProto {
  const numbers = Array.from(values);
  const typed = {
    FLOAT: () => Float32Array.from(numbers),
    DOUBLE: () => Float64Array.from(numbers),
    INT64: () => BigInt64Array.from(numbers, (value) => (value === 2 ** 63 ? 2n ** 63n - 1n : BigInt(value))),
    INT32: () => Int32Array.from(numbers),
    INT8: () => Int8Array.from(numbers),
    UINT8: () => Uint8Array.from(numbers),
    BOOL: () => Uint8Array.from(numbers),
  }[elements]();
  const rawData = new Uint8Array(typed.buffer);
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: ElementType[elements], rawData });
}

/** Writes ONNX files for tests, node by node, as exporters do. Values go by name. */
export class OnnxFile {
  readonly opset: number;
  private readonly nodes: NodeProto[] = [];
  private readonly initializers: TensorProto[] = [];
  private readonly inputs: ValueInfoProto[] = [];
  private readonly outputs: ValueInfoProto[] = [];
  private readonly functions: FunctionProto[] = [];
  private readonly domains = new Set<string>();

  constructor(opset = 17) {
    this.opset = opset;
  }

  input(name: string, dims: readonly Dim[], elements: Elements = 'FLOAT'): string {
    this.inputs.push(valueInfo(name, dims, elements));
    return name;
  }

  /** `dims` left out: the file does not say them. */
  output(name: string, dims?: readonly Dim[], elements: Elements = 'FLOAT'): void {
    this.outputs.push(valueInfo(name, dims, elements));
  }

  /** An initialiser. */
  initializer(value: TensorProto, name = `weight_${this.initializers.length}`): string {
    this.initializers.push(create(TensorProtoSchema, { ...value, name }));
    return name;
  }

  weights(values: ArrayLike<number>, dims?: readonly number[]): string {
    return this.initializer(tensor(values, dims));
  }

  /** int64 numbers: a vector, or a scalar. */
  ints(values: readonly number[] | number): string {
    return typeof values === 'number'
      ? this.initializer(tensor([values], [], 'INT64'))
      : this.initializer(tensor(values, [values.length], 'INT64'));
  }

  /** Appends a node and returns the name of its first output. '' is an absent optional input. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    { outputs = [`${op.toLowerCase()}_${this.nodes.length}`], domain = '' }: { outputs?: readonly string[]; domain?: string } = {},
  ): string {
    this.domains.add(domain);
    this.nodes.push(onnxNode(op, inputs, outputs, attributes, domain));
    return outputs[0] ?? '';
  }

  /** A function of the model's own: its domain is imported at version 1. */
  function(given: FunctionProto): void {
    this.functions.push(given);
  }

  hasFunction(name: string): boolean {
    return this.functions.some((each) => each.name === name);
  }

  graph(): GraphProto {
    const { nodes: node, initializers: initializer, inputs: input, outputs: output } = this;
    return create(GraphProtoSchema, { name: 'graph', node, initializer, input, output });
  }

  model(): ModelProto {
    const others = [...this.domains].filter((domain) => domain !== '').map((domain) => ({ domain, version: 1n }));
    return create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: BigInt(this.opset) }, ...others],
      graph: this.graph(),
      functions: this.functions,
    });
  }

  bytes(): Uint8Array {
    return toBinary(ModelProtoSchema, this.model());
  }
}

/** A function: `body` holds its nodes. An attribute given as `'@name'` is the caller's attribute of that name. */
export function onnxFunction(
  name: string,
  domain: string,
  body: {
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly nodes: readonly NodeProto[];
    readonly attributes?: readonly string[];
    readonly defaults?: Readonly<Record<string, OnnxAttribute>>;
  },
): FunctionProto {
  return create(FunctionProtoSchema, {
    name,
    domain,
    input: [...body.inputs],
    output: [...body.outputs],
    node: [...body.nodes],
    attribute: [...(body.attributes ?? [])],
    attributeProto: Object.entries(body.defaults ?? {}).map(([key, value]) => attributeProto(key, value)),
    opsetImport: [{ domain: '', version: 17n }, { domain, version: 1n }],
  });
}

export function onnxNode(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
  domain = '',
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    input: [...input],
    output: [...output],
    domain,
    name: `/${opType}_${output[0] ?? ''}`,
    attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
  });
}

function valueInfo(name: string, dims: readonly Dim[] | undefined, elements: Elements): ValueInfoProto {
  const dim = dims?.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: size } },
  );
  const tensorType = { elemType: ElementType[elements], ...(dim && { shape: { dim } }) };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } });
}

function attributeProto(name: string, value: OnnxAttribute): AttributeProto {
  return create(AttributeProtoSchema, { name, ...typedAttribute(value) });
}

type AttributeInit = MessageInitShape<typeof AttributeProtoSchema>;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function typedAttribute(value: OnnxAttribute): Omit<AttributeInit, '$typeName'> {
  if (typeof value === 'string')
    return value.startsWith('@') ? { refAttrName: value.slice(1) } : { type: AttributeType.STRING, s: text(value) };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { type: AttributeType.INT, i: BigInt(value) } : typedAttribute(float(value));
  if ('floats' in value)
    return typeof value.floats === 'number'
      ? { type: AttributeType.FLOAT, f: value.floats }
      : { type: AttributeType.FLOATS, floats: [...value.floats] };
  if (!('$typeName' in value)) return listed(value);
  return value.$typeName === 'onnx.GraphProto' ? { type: AttributeType.GRAPH, g: value } : { type: AttributeType.TENSOR, t: value };
}

function listed(values: readonly number[] | readonly string[]): Omit<AttributeInit, '$typeName'> {
  if (values.some((value) => typeof value === 'string'))
    return { type: AttributeType.STRINGS, strings: values.map((value) => text(String(value))) };
  const numbers = values.map(Number);
  return numbers.every(Number.isInteger)
    ? { type: AttributeType.INTS, ints: numbers.map(BigInt) }
    : { type: AttributeType.FLOATS, floats: numbers };
}
