import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../src/engine/evaluate.ts';
import { differenceError, differentiate } from '../../../src/graph/check.ts';
import type { TensorData } from '../../../src/graph/ir.ts';
import { expectClose, open } from '../../graph/support.ts';
import { fileOf, imported, original } from '../../support/onnxNode.ts';
import { opRows } from './opRows.ts';

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
