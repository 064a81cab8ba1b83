import { fromBinary } from '@bufbuild/protobuf';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importGraph } from '../../../models/onnx/importGraph.ts';
import { decoded, type Decoded } from '../../../models/onnx/tensor.ts';
import { evaluate } from '../../../src/engine/evaluate.ts';
import { sameShape } from '../../../src/graph/broadcast.ts';
import { Graph, Untraceable, type TensorData, type Value } from '../../../src/graph/ir.ts';
import { ModelProtoSchema, TensorProtoSchema, type GraphProto, type ModelProto } from '../../../src/graph/proto/onnx_pb.ts';

/** The ONNX project's own test of one node: a model, and what it makes of its inputs. */
export interface BackendCase {
  readonly name: string;
  readonly model: ModelProto;
  readonly inputs: readonly Decoded[];
  readonly outputs: readonly Decoded[];
}

const home = '/usr/share/libonnx-testdata/data';

/** The cases in one of the package's folders, as 'FOLDER/NAME'; none where the package is not installed. */
export function backendCases(folder: 'node' | 'pytorch-converted' | 'pytorch-operator'): string[] {
  const path = join(home, folder);
  return existsSync(path) ? readdirSync(path).sort().map((name) => `${folder}/${name}`) : [];
}

const readModel = (name: string): ModelProto => fromBinary(ModelProtoSchema, readFileSync(join(home, name, 'model.onnx')));

/** The version of ONNX's own operators that a case is of. */
export const opsetOf = (name: string): number =>
  Number(readModel(name).opsetImport.find(({ domain }) => domain === '')?.version ?? 0);

/** The ops of a case's graph. */
export const opsOf = (name: string): ReadonlySet<string> => new Set(readModel(name).graph?.node.map(({ opType }) => opType));

export function readCase(name: string): BackendCase {
  const model = readModel(name);
  const data = join(home, name, 'test_data_set_0');
  const read = (kind: string): Decoded[] => {
    const count = readdirSync(data).filter((file) => file.startsWith(kind)).length;
    return Array.from({ length: count }, (_, i) => readTensor(join(data, `${kind}_${i}.pb`)));
  };
  return { name, model, inputs: read('input'), outputs: read('output') };
}

const readTensor = (path: string): Decoded => decoded(fromBinary(TensorProtoSchema, readFileSync(path)));

/** Which of the inputs the IR knows beforehand: none if it can be, else all but the first, else all. */
const knownInputs: readonly ((at: number) => boolean)[] = [() => false, (at) => at > 0, () => true];

/** Why our front end does not do as the case says; undefined when it does. */
export async function complaint(name: string): Promise<string | undefined> {
  try {
    const given = readCase(name);
    const { graph, feeds, values } = built(given);
    const names = (given.model.graph as GraphProto).output.map((output) => output.name);
    for (const [i, output] of names.entries()) graph.output(`output ${i}`, values.get(output) as Value);
    const results = await evaluate(graph, feeds);
    return names.map((_, i) => difference(results.get(`output ${i}`), given.outputs[i] as Decoded)).find((found) => found);
  } catch (error) {
    return (error as Error).message;
  }
}

function built(given: BackendCase): ReturnType<typeof build> {
  for (const [i, isKnown] of knownInputs.entries()) {
    try {
      return build(given, isKnown);
    } catch (error) {
      if (!(error instanceof Untraceable) || i + 1 === knownInputs.length) throw error;
    }
  }
  throw new Error('unreachable');
}

function build({ model, inputs }: BackendCase, isKnown: (at: number) => boolean) {
  const proto = model.graph as GraphProto;
  const graph = new Graph();
  const feeds: Record<string, TensorData> = {};
  const names = proto.input.map(({ name }) => name);
  const values = new Map(
    inputs.map(({ data, shape, dtype }, i): [string, Value] => {
      const name = names[i] as string;
      if (isKnown(i)) return [name, graph.constant(data, shape, dtype, name)];
      feeds[name] = data;
      return [name, graph.input(name, shape, dtype)];
    }),
  );
  const opsets = new Map(model.opsetImport.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, Number(version)]));
  // One row: what is taken over the batch, as the scales of DynamicQuantizeLinear, is taken over all there is.
  return { graph, feeds, values: importGraph(proto, graph, { batch: 1, opsets, inputs: values }) };
}

/** ONNX's own tolerances. */
const [relative, absolute] = [1e-3, 1e-7];

function difference(found: { data: TensorData; shape: readonly number[] } | undefined, expected: Decoded): string | undefined {
  if (!found) return 'an output is missing';
  if (!sameShape(found.shape, expected.shape)) return `shape [${found.shape.join()}], expected [${expected.shape.join()}]`;
  const [numbers, wanted] = [found.data, expected.data].map((data) => Array.from(data as ArrayLike<number | bigint>, Number));
  const at = (wanted as number[]).findIndex((value, i) => !close((numbers as number[])[i] as number, value));
  return at < 0 ? undefined : `value ${at}: ${numbers?.[at]}, expected ${wanted?.[at]}`;
}

const close = (found: number, expected: number): boolean =>
  Object.is(found, expected) || found === expected || Math.abs(found - expected) <= absolute + relative * Math.abs(expected);
