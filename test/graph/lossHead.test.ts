import { describe, expect, test } from 'vitest';
import { encodeLoss, evaluateLoss, lossRows, type Loss } from '../../src/core/losses.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import { Graph } from '../../src/graph/ir.ts';
import { appendLossHead } from '../../src/graph/lossHead.ts';
import { expectClose, wave } from './support.ts';

/** Losses and cotangents of rows of logits, by the graph. */
async function run(logits: readonly (readonly number[])[], losses: readonly Loss[]) {
  const [rows, classes] = [logits.length, logits[0]!.length];
  const graph = new Graph();
  const head = appendLossHead(graph, graph.input('z', [rows, classes]));
  graph.output('loss', head.loss);
  graph.output('cotangent', head.cotangent);
  const encoded = lossRows(rows, classes);
  for (const [row, loss] of losses.entries()) encodeLoss(loss, encoded, row, classes);
  const feeds = { z: Float32Array.from(logits.flat()), lossKind: encoded.kind, lossA: encoded.a, lossB: encoded.b };
  const results = await evaluate(graph, feeds);
  const cotangents = results.get('cotangent')!.data as Float32Array;
  return {
    loss: results.get('loss')!.data as Float32Array,
    cotangent: losses.map((_, row) => cotangents.slice(row * classes, (row + 1) * classes)),
  };
}

const onehot = (y: number, classes: number, value = 1): number[] =>
  Array.from({ length: classes }, (_, k) => (k === y ? value : 0));

/** One loss of each kind that so many classes admit, and each of their special rows. */
function lossesFor(classes: number): Loss[] {
  const weights = Array.from(wave([classes], 2).data as Float32Array);
  const distribution = weights.map((w) => Math.abs(w) / weights.reduce((sum, each) => sum + Math.abs(each), 0));
  return [
    { crossEntropy: onehot(1, classes) },
    { crossEntropy: onehot(0, classes, -1) },
    { crossEntropy: distribution },
    { linear: weights },
    { margin: 0 },
    { margin: 1 },
    ...(classes >= 3 ? [{ dlr: 0 }, { dlr: 2 }] : []),
    ...(classes >= 4 ? [{ targetedDlr: [3, 1] as const }, { targetedDlr: [0, 2] as const }] : []),
  ];
}

describe('the loss head agrees with the float64 reference, all kinds in one batch', () => {
  test.each([2, 3, 4, 10, 1000, 5000])('%i classes', async (classes) => {
    const losses = lossesFor(classes);
    const logits = losses.map((_, row) => Array.from(wave([classes], row).data as Float32Array, (z) => 3 * z));
    const { loss, cotangent } = await run(logits, losses);
    for (const [row, given] of losses.entries()) {
      const expected = evaluateLoss(given, Float32Array.from(logits[row]!));
      const size = Math.max(1, Math.abs(expected.loss) / 1000); // a float32 of thousands has fewer digits behind the point
      expect(loss[row]! / size).toBeCloseTo(expected.loss / size, 4);
      expectClose(cotangent[row]!, expected.cotangent, 1e-4);
    }
  });
});

test.each([3, 5000])('the gradient of cross-entropy does not vanish on a confident row of %i classes', async (classes) => {
  const logits = [0, 40, 1, ...new Array<number>(classes - 3).fill(-60)];
  const { cotangent } = await run([logits], [{ crossEntropy: onehot(1, classes) }]);
  expectClose(cotangent[0]!.slice(0, 3), [Math.exp(-40), -(Math.exp(-40) + Math.exp(-39)), Math.exp(-39)], 1e-5);
});

test('nor does it on a certain row, where no probability but one is a float32: its direction stays', async () => {
  const labelled: Loss = { crossEntropy: onehot(1, 3) };
  const rows = [[0, 400, 1], [0, 400, 300], [-3e4, 3e4, -3e4]];
  const expected = [
    [Math.exp(-51), -(Math.exp(-50) + Math.exp(-51)), Math.exp(-50)],
    [Math.exp(-350), -Math.exp(-50), Math.exp(-50)],
    [Math.exp(-50), -2 * Math.exp(-50), Math.exp(-50)],
  ];
  const { loss, cotangent } = await run(rows, rows.map(() => labelled));
  for (const [row, logits] of rows.entries()) {
    expectClose(cotangent[row]!, expected[row]!, 1e-4);
    expectClose(evaluateLoss(labelled, logits).cotangent, expected[row]!, 1e-9);
    expect(loss[row]).toBe(0);
  }
  const targeted: Loss = { crossEntropy: onehot(0, 3, -1) };
  expectClose((await run([[0, 400, 1]], [targeted])).cotangent[0]!, [1, -1, 0], 1e-6);
  expectClose(evaluateLoss(targeted, [0, 400, 1]).cotangent, [1, -1, 0], 1e-9);
});

test('huge logits give finite losses and gradients of every kind', async () => {
  const losses = lossesFor(5);
  const { loss, cotangent } = await run(
    losses.map(() => [3e4, -3e4, 0, 3e4, 12]),
    losses,
  );
  for (const value of [...loss, ...cotangent.flatMap((row) => [...row])]) expect(value).not.toBeNaN();
});

test('a row of equal logits has a finite margin, and its rival is the first other class', async () => {
  const { loss, cotangent } = await run([[1, 1, 1]], [{ margin: 0 }]);
  expect(loss[0]).toBe(0);
  expect([...cotangent[0]!]).toEqual([-1, 1, 0]);
});

test('a loss that the model has too few classes for is refused, not answered', async () => {
  await expect(run([[0, 1]], [{ dlr: 0 }])).rejects.toThrow();
});
