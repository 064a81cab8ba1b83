import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as ElementType,
  ValueInfoProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
} from '../../src/graph/proto/onnx_pb.ts';
import { changed } from './changed.ts';
import type { FileInput } from './inputs.ts';

/** What comes before the name of a value that was cast. */
const plain = (name: string): string => `breakwater:${name}`;

/** The model's bytes, with a float32 input and these values as its float32 outputs, in order. Nothing between them changes. */
export function withPlainEnds(model: ModelProto, graph: GraphProto, { name, elementType }: FileInput, outputs: readonly string[]) {
  const casts = elementType === (ElementType.FLOAT as number) ? [] : [cast(plain(name), elementType, name)];
  const input = graph.input.map((info) => (info.name === name && casts.length > 0 ? asFloat32(plain(name), info) : info));
  const node = [...casts, ...graph.node, ...outputs.map((output) => cast(output, ElementType.FLOAT, plain(output)))];
  const output = outputs.map((value) => create(ValueInfoProtoSchema, { name: plain(value) }));
  return {
    bytes: toBinary(ModelProtoSchema, changed(model, { graph: changed(graph, { input, node, output }) })),
    input: casts.length > 0 ? plain(name) : name,
    outputs: outputs.map(plain),
  };
}

function cast(from: string, to: number, output: string): NodeProto {
  const attribute = [create(AttributeProtoSchema, { name: 'to', type: AttributeType.INT, i: BigInt(to) })];
  return create(NodeProtoSchema, { opType: 'Cast', name: output, input: [from], output: [output], attribute });
}

function asFloat32(name: string, { type }: GraphProto['input'][number]): GraphProto['input'][number] {
  const shape = type?.value.case === 'tensorType' ? type.value.value.shape : undefined;
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: ElementType.FLOAT, ...(shape && { shape }) } } },
  });
}
