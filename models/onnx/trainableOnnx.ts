import { toBinary } from '@bufbuild/protobuf';
import { join } from 'node:path';
import { makeFolder } from '../../src/core/makeFolder.ts';
import { replaceFile } from '../../src/core/replaceFile.ts';
import type { Graph } from '../../src/graph/ir.ts';
import { ModelProtoSchema, type TensorProto } from '../../src/graph/proto/onnx_pb.ts';
import type { Mode, Parameter, Trainable, Values } from '../../src/graph/trainable.ts';
import { changed } from './changed.ts';
import { parametersIn } from './parameters.ts';
import type { OnnxFile } from './readModel.ts';
import { numbersFor } from './starts.ts';

/** Traces the file's graph with these initialisers as inputs. */
export type TraceWith = (batch: number, parameters: readonly Parameter[], mode: Mode) => Promise<Graph>;

/** How an ONNX model is trained, and saved as the same graph with other initialisers; a sentence for one that is not. */
export function trainableOnnx(file: OnnxFile, halves: boolean, trace: TraceWith): Trainable | string {
  const { graph } = file;
  const rounding = graph.node.find(({ opType }) => /Quantize|QLinear|Integer/.test(opType));
  if (rounding) return `it is quantised (${rounding.opType}), and training could not move rounded weights; train the model it was made from, then quantise that`;
  if (halves) return 'it computes with numbers of 16 bits, too coarse for training; train its float32 export';
  const parameters = parametersIn(graph);
  if (!parameters.some(({ trainable }) => trainable))
    return 'none of its initialisers is a float32 weight of a layer; export it with its weights as initialisers';
  return {
    parameters,
    trace: (batch, mode) => trace(batch, parameters, mode),
    draw: (random) => Promise.resolve(new Map(parameters.flatMap(({ name, data, start }) =>
      start ? [[name, numbersFor(start, data.length, random.split(name))] as const] : []))),
    save: (folder, values) => new Promise((saved) => saved(save(file, parameters, folder, values))),
  };
}

function save({ model, graph }: OnnxFile, parameters: readonly Parameter[], folder: string, values: Values): string {
  const known = new Map(parameters.map(({ name, data }) => [name, data]));
  for (const [name, { length }] of values)
    if (known.get(name)?.length !== length) throw new Error(`parameter ${name}: expected ${known.get(name)?.length ?? 'no such'} numbers, found ${length}`);
  const initializer = graph.initializer.map((tensor) => rewritten(tensor, values.get(tensor.name)));
  const file = join(folder, 'model.onnx');
  makeFolder(folder);
  replaceFile(file, toBinary(ModelProtoSchema, changed(model, { graph: changed(graph, { initializer }) })));
  return file;
}

function rewritten(tensor: TensorProto, values: Float32Array | undefined): TensorProto {
  if (!values) return tensor;
  return changed(tensor, { floatData: [], rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) });
}
