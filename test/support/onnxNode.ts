import { importGraph } from '../../models/onnx/importGraph.ts';
import { runtime } from '../../src/engine/session.ts';
import type { Tensor } from '../../src/graph/check.ts';
import { Graph, type TensorData, type Value } from '../../src/graph/ir.ts';
import type { GraphProto } from '../../src/graph/proto/onnx_pb.ts';
import { OnnxFile, tensor, type Elements, type OnnxAttribute } from './onnxFile.ts';

/** One ONNX node on given inputs. The first is the model's input, the others are initialisers. */
export interface OpRow {
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly opset?: number;
  /** False where the gradient is 0, or undefined, by design. */
  readonly smooth?: boolean;
  readonly outputs?: number;
  /** The element types of the outputs, where they are not the input's. */
  readonly elements?: readonly Elements[];
}

const elements = { float32: 'FLOAT', int8: 'INT8', uint8: 'UINT8', int32: 'INT32', int64: 'INT64', bool: 'BOOL' } as const;

/** The node alone, as a file: input x, outputs y0, y1 … */
export function fileOf(op: string, { inputs, attributes, opset, outputs = 1, elements: given = [] }: OpRow): OnnxFile {
  const file = new OnnxFile(opset);
  const names = inputs.map((input, i) => {
    if (!input) return '';
    const kind = elements[input.dtype];
    if (i === 0) return file.input('x', input.shape, kind);
    return file.initializer(tensor(Array.from(input.data as ArrayLike<number | bigint>, Number), input.shape, kind));
  });
  const made = Array.from({ length: outputs }, (_, i) => `y${i}`);
  file.node(op, names, attributes, { outputs: made });
  const x = inputs[0]!;
  for (const [i, name] of made.entries()) file.output(name, undefined, given[i] ?? elementsOf(op, i, elements[x.dtype]));
  return file;
}

const truths = new Set(['IsInf', 'IsNaN', 'Xor']);
const elementsOf = (op: string, output: number, otherwise: Elements): Elements =>
  truths.has(op) ? 'BOOL' : op === 'MaxPool' && output === 1 ? 'INT64' : otherwise;

/** The same in the IR. */
export function imported(file: OnnxFile, { inputs: [x], opset = 17 }: OpRow): { graph: Graph; values: Map<string, Value> } {
  const graph = new Graph();
  const inputs = new Map([['x', graph.input('x', x!.shape, x!.dtype)]]);
  const values = importGraph(file.model().graph as GraphProto, graph, { batch: x!.shape[0] ?? 1, opsets: new Map([['', opset]]), inputs });
  return { graph, values };
}

/** What ONNX Runtime makes of the file. */
export async function original(file: OnnxFile, { inputs: [x] }: OpRow): Promise<ReadonlyMap<string, { data: TensorData; dims: readonly number[] }>> {
  const { InferenceSession, Tensor } = await runtime();
  const session = await InferenceSession.create(file.bytes(), { logSeverityLevel: 4 });
  try {
    const results = await session.run({ x: new Tensor(x!.dtype, x!.data as Float32Array, x!.shape) });
    return new Map(Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as TensorData, dims }]));
  } finally {
    await session.release();
  }
}
