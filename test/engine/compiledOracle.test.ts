import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeLoss, evaluateLoss, lossRows, type Loss, type LossRows } from '../../src/core/losses.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { compileModel, type CompiledModel } from '../../src/engine/compile.ts';
import { openCompiled } from '../../src/engine/compiledOracle.ts';
import { openEager } from '../../src/engine/eager/openEager.ts';
import { rowOf } from '../../src/engine/everyRow.ts';
import type { TfjsModel } from '../../src/graph/model.ts';
import { residual, smallCnn } from '../support/nets.ts';
import { expectClose } from '../graph/support.ts';
import { graphModel, layersModel } from './models.ts';

const unit = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (0.31 + i * 0.618034) % 1);

/** One loss of each kind for a model of four classes. */
const losses: readonly Loss[] = [
  { crossEntropy: [0, 1, 0, 0] },
  { crossEntropy: [0.1, 0.2, 0.3, 0.4] },
  { linear: [1, -2, 0.5, 0] },
  { margin: 2 },
  { dlr: 1 },
  { targetedDlr: [0, 3] },
];

function encoded(chosen: readonly Loss[], classes = 4): LossRows {
  const rows = lossRows(chosen.length, classes);
  chosen.forEach((loss, row) => encodeLoss(loss, rows, row, classes));
  return rows;
}

/** The tanh twins: their gradients have no kinks that rounding could flip. */
describe.each([
  ['a small CNN', smallCnn],
  ['a residual net', residual],
] as const)('%s, compiled, equals eager TF.js', (_, make) => {
  let model: TfjsModel, compiled: Oracle, eager: Oracle, points: Float32Array;
  beforeAll(async () => {
    model = await layersModel((tf) => make(tf, { activation: 'tanh' }));
    compiled = await openCompiled(await compileModel(model, { batchSize: 8 }), { threads: 1 });
    eager = await openEager(model);
    points = unit(losses.length * compiled.size);
  });
  afterAll(async () => {
    await compiled.close();
    model.close();
  });

  test('logits', async () => {
    const { logits } = await compiled.predict(points, losses.length);
    expectClose(logits, (await eager.predict(points, losses.length)).logits, 1e-5);
  });

  test.each(losses.map((loss, row) => [JSON.stringify(loss), row] as const))(
    'loss and gradient of %s',
    async (_, row) => {
      const [ours, theirs] = [
        await compiled.gradient(points, encoded(losses), losses.length),
        await eager.gradient(points, encoded(losses), losses.length),
      ];
      const expected = evaluateLoss(losses[row]!, rowOf(ours.logits, row, 4));
      expect(ours.loss[row]).toBeCloseTo(expected.loss, 5);
      expect(theirs.loss[row]).toBeCloseTo(expected.loss, 5);
      expectClose(rowOf(ours.gradient, row, compiled.size), rowOf(theirs.gradient, row, compiled.size), 1e-4);
    },
  );
});

describe('batches', () => {
  // logits = [x0 + 2 x1, x0 − x1]
  const model = graphModel([2], (net, x) =>
    net.op('MatMul', [x, net.graph.constant(Float32Array.of(1, 1, 2, -1), [2, 2])]),
  );
  let compiled: CompiledModel, oracle: Oracle;
  beforeAll(async () => {
    compiled = await compileModel(model, { batchSize: 16 });
    oracle = await openCompiled(compiled, { threads: 1 });
  });
  afterAll(() => oracle.close());

  test('come in two sizes', () => {
    expect(compiled.batchSizes).toEqual([16, 2]);
    expect(oracle.batchSize).toBe(16);
  });

  test('come in one where the weights are many, and lie in memory that threads share', async () => {
    const large = graphModel([8192], (net, x) => {
      const weights = (rows: number, columns: number) => net.graph.constant(new Float32Array(rows * columns).fill(0.5 / rows), [rows, columns]);
      return net.op('MatMul', [net.op('MatMul', [x, weights(8192, 2100)]), weights(2100, 2)]);
    });
    const { batchSizes, forward, gradient } = await compileModel(large, { batchSize: 16 });
    expect(batchSizes).toEqual([16]);
    expect([...forward, ...gradient].map(({ buffer }) => buffer)).toEqual([expect.any(SharedArrayBuffer), expect.any(SharedArrayBuffer)]);
  });

  test('of a chain of thousands of nodes are not left to an optimiser that takes minutes for them', async () => {
    const chain = (depth: number) =>
      graphModel([2], (net, x) => {
        let value = x;
        for (let node = 0; node < depth; node++) value = net.op('Tanh', [value]);
        return value;
      });
    expect((await compileModel(chain(30), { batchSize: 1 })).optimize).toBe(true);
    const deep = await compileModel(chain(4000), { batchSize: 1 });
    expect(deep.optimize).toBe(false);
    const opened = await openCompiled(deep, { threads: 1 });
    expect((await opened.gradient(Float32Array.of(0.5, 0), encoded([{ linear: [1, 0] }], 2), 1)).gradient[0]).toBeGreaterThan(0);
    await opened.close();
  });

  test.each([1, 2, 3, 15, 16])('of %i rows give as many answers, each of its own row', async (rows) => {
    const points = unit(2 * rows);
    const { logits } = await oracle.predict(points, rows);
    expectClose(
      logits,
      Array.from(
        { length: 2 * rows },
        (_, i) => points[i - (i % 2)]! + (i % 2 === 0 ? 2 : -1) * points[i - (i % 2) + 1]!,
      ),
      1e-6,
    );
    const { loss, gradient } = await oracle.gradient(
      points,
      encoded(Array<Loss>(rows).fill({ linear: [1, 0] }), 2),
      rows,
    );
    expectClose(
      loss,
      Array.from({ length: rows }, (_, row) => points[2 * row]! + 2 * points[2 * row + 1]!),
      1e-6,
    );
    expect(Array.from(gradient)).toEqual(Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? 1 : 2)));
  });

  test('may come in longer arrays, whose rest does not matter', async () => {
    const points = Float32Array.of(1, 2, 3, 4, ...unit(60));
    const { logits } = await oracle.predict(points, 2);
    expect(Array.from(logits)).toEqual([5, -1, 11, -1]);
    const rows = lossRows(20, 2);
    rows.kind.fill(1);
    rows.a.set([0, 1], 0);
    rows.a.set([1, 1], 2);
    expect(Array.from((await oracle.gradient(points, rows, 2)).gradient)).toEqual([1, -1, 2, 1]);
  });

  test.each([0, 17])('of %i rows are an error', async (rows) => {
    await expect(oracle.predict(new Float32Array(64), rows)).rejects.toThrow(`expected 1 to 16 rows, found ${rows}`);
  });

  test('a compiled model survives a structured clone', async () => {
    const copy = await openCompiled(structuredClone(compiled), { threads: 1 });
    expect(Array.from((await copy.predict(Float32Array.of(1, 2), 1)).logits)).toEqual([5, -1]);
    await copy.close();
  });

  test('a graph that ONNX Runtime does not open is an error with its cause', async () => {
    const broken = await openCompiled(
      { ...compiled, forward: [Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 3)] },
      { threads: 1 },
    );
    await expect(broken.predict(new Float32Array(2), 1)).rejects.toMatchObject({
      name: 'OnnxRuntimeError',
      cause: expect.any(Error) as Error,
    });
    await broken.close();
  });

  test('a closed oracle opens its sessions again when asked', async () => {
    const again = await openCompiled(compiled, { threads: 1 });
    await again.predict(Float32Array.of(1, 2), 1);
    await again.close();
    expect(Array.from((await again.predict(Float32Array.of(1, 2), 1)).logits)).toEqual([5, -1]);
    await again.close();
  });
});
