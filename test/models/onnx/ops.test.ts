import { describe, expect, test } from 'vitest';
import { importGraph } from '../../../models/onnx/importGraph.ts';
import { evaluate } from '../../../src/engine/evaluate.ts';
import { runtime } from '../../../src/engine/session.ts';
import { differenceError, differentiate } from '../../../src/graph/check.ts';
import { Graph, type TensorData, type Value } from '../../../src/graph/ir.ts';
import type { GraphProto } from '../../../src/graph/proto/onnx_pb.ts';
import { expectClose, open } from '../../graph/support.ts';
import { OnnxFile, tensor, type Elements } from '../../support/onnxFile.ts';
import { opRows, type OpRow } from './opRows.ts';

const elements = { float32: 'FLOAT', int8: 'INT8', uint8: 'UINT8', int32: 'INT32', int64: 'INT64', bool: 'BOOL' } as const;

function fileOf(op: string, { inputs, attributes, opset, outputs = 1, elements: given = [] }: OpRow): OnnxFile {
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

function imported(file: OnnxFile, { inputs: [x], opset = 17 }: OpRow): { graph: Graph; values: Map<string, Value> } {
  const graph = new Graph();
  const inputs = new Map([['x', graph.input('x', x!.shape, x!.dtype)]]);
  const values = importGraph(file.model().graph as GraphProto, graph, { batch: x!.shape[0] ?? 1, opsets: new Map([['', opset]]), inputs });
  return { graph, values };
}

async function original(file: OnnxFile, { inputs: [x] }: OpRow): Promise<ReadonlyMap<string, { data: TensorData; dims: readonly number[] }>> {
  const { InferenceSession, Tensor } = await runtime();
  const session = await InferenceSession.create(file.bytes(), { logSeverityLevel: 4 });
  const results = await session.run({ x: new Tensor(x!.dtype, x!.data as Float32Array, x!.shape) });
  return new Map(Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as TensorData, dims }]));
}

const numbers = (data: TensorData): number[] => Array.from(data as ArrayLike<number | bigint>, Number);

describe.each(Object.entries(opRows))('%s', (op, rows) => {
  const titled = rows.map((row) => [`opset ${row.opset ?? 17} ${row.inputs.map((each) => `[${each?.shape.join()}]`).join(' ')} ${JSON.stringify(row.attributes ?? {})}`, row] as const);

  test.each(titled)('gives what ONNX Runtime gives on the file: %s', async (_, row) => {
    const file = fileOf(op, row);
    const expected = await original(file, row);
    const { graph, values } = imported(file, row);
    for (const name of expected.keys()) graph.output(name, values.get(name)!);
    const found = await evaluate(graph, { x: row.inputs[0]!.data });
    for (const [name, { data, dims }] of expected) {
      expect(found.get(name)?.shape).toEqual(dims);
      expectClose(numbers(found.get(name)!.data), numbers(data), 1e-5);
    }
  });

  test.each(titled.filter(([, { smooth = true }]) => smooth))('has the gradient of central differences: %s', async (_, row) => {
    const { graph, values } = imported(fileOf(op, row), row);
    differentiate(graph, values.get('y0')!);
    expect(await differenceError(graph, row.inputs[0]!.data as Float32Array, open)).toBeLessThan(1e-3);
  });
});
