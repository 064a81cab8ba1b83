import { fromBinary } from '@bufbuild/protobuf';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../../src/core/errors.ts';
import { ModelProtoSchema, type GraphProto, type ModelProto } from '../../src/graph/proto/onnx_pb.ts';
import { checkModel } from './checkModel.ts';
import { readExternalData } from './externalData.ts';
import { mostBytes } from './limits.ts';
import { nodeLists, tensorsOf } from './walk.ts';

/** An ONNX file, read and checked, with what it keeps beside it. */
export interface OnnxFile {
  readonly path: string;
  readonly model: ModelProto;
  readonly graph: GraphProto;
  /** Over the file, then the data beside it. */
  readonly sha256: string;
}

/** Reads an ONNX file and what it keeps beside it. ONNX Runtime sees nothing that this refuses. */
export async function readModel(path: string): Promise<OnnxFile> {
  const bytes = await readWhole(path);
  const model = withOneDomain(decode(path, bytes));
  const hash = createHash('sha256').update(bytes);
  await readExternalData(path, model, { hash, room: mostBytes - bytes.length });
  return { path, model, graph: checkModel(path, model), sha256: hash.digest('hex') };
}

async function readWhole(path: string): Promise<Buffer> {
  const status = await stat(path);
  if (!status.isFile()) throw new UserError(`${path}: expected a file, found something else`);
  if (status.size > mostBytes)
    throw new UserError(`${path}: expected at most 2 GB, which is protobuf's limit, found ${(status.size / 2 ** 30).toFixed(1)} GB`);
  return readFile(path);
}

/** The library stops at 100 nested messages, as ONNX Runtime does. */
function decode(path: string, bytes: Uint8Array): ModelProto {
  try {
    return withOwnBytes(fromBinary(ModelProtoSchema, bytes));
  } catch (cause) {
    const [line] = String((cause as Error).message).split('\n', 1);
    throw new UserError(`${path}: not an ONNX model: ${line}`, { cause });
  }
}

/** Each tensor's bytes apart, where its numbers can be read in place: nothing holds on to the memory of the file. */
function withOwnBytes(model: ModelProto): ModelProto {
  for (const tensor of tensorsOf(model)) if (tensor.rawData.length > 0) tensor.rawData = new Uint8Array(tensor.rawData);
  return model;
}

/** The standard operators' domain has two names, '' and 'ai.onnx': from here on it has the first. */
function withOneDomain(model: ModelProto): ModelProto {
  const named = [...[...nodeLists(model)].flat(), ...model.opsetImport, ...model.functions.flatMap(({ opsetImport }) => opsetImport)];
  for (const each of named) if (each.domain === 'ai.onnx') each.domain = '';
  return model;
}
