import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation, type ModelProto } from '../../src/graph/proto/onnx_pb.ts';

/** A model whose weights lie in a file beside it, one after the other. Changes `model`. */
export function weightsBeside(model: ModelProto, location: string): { readonly bytes: Uint8Array; readonly data: Buffer } {
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const tensor of model.graph!.initializer) {
    const entries = { location, offset: String(offset), length: String(tensor.rawData.length) };
    parts.push(tensor.rawData);
    offset += tensor.rawData.length;
    tensor.externalData = Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
    tensor.rawData = new Uint8Array();
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
  }
  return { bytes: toBinary(ModelProtoSchema, model), data: Buffer.concat(parts) };
}
