import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/engine/evaluate.ts';
import { Builder } from '../../src/graph/builder.ts';
import { Graph } from '../../src/graph/ir.ts';
import type { Objective } from '../../src/graph/trainingGraph.ts';
import { backwardAll } from '../../src/graph/vjp/index.ts';
import { crossEntropy, mart, trades } from '../../src/train/objectives.ts';
import { expectClose, wave } from '../graph/support.ts';

type Row = readonly number[];

/** Each row's loss, and its gradients by the logits of each view, by the graph. */
async function compiled({ views, loss }: Objective, logits: readonly (readonly Row[])[], labels: readonly number[]) {
  const graph = new Graph();
  const shape = [labels.length, logits[0]![0]!.length];
  const inputs = Array.from({ length: views }, (_, i) => graph.input(`z${i}`, shape));
  const rows = loss(new Builder(graph), inputs, graph.input('y', shape));
  graph.output('loss', rows);
  const ones = graph.constant(new Float32Array(labels.length).fill(1), rows.shape);
  for (const [i, gradient] of backwardAll(graph, rows, ones, inputs).entries()) graph.output(`dz${i}`, gradient);
  const y = Float32Array.from(labels.flatMap((label) => logits[0]![0]!.map((_, k) => (k === label ? 1 : 0))));
  const feeds = Object.fromEntries(inputs.map((_, i) => [`z${i}`, Float32Array.from(logits[i]!.flat())]));
  const results = await evaluate(graph, { ...feeds, y });
  return { loss: results.get('loss')!.data as Float32Array, gradients: inputs.map((_, i) => results.get(`dz${i}`)!.data as Float32Array) };
}

/** Of one row, in float64. */
type Reference = (views: readonly Row[], label: number) => number;

function logSoftmax(z: Row): number[] {
  const top = Math.max(...z);
  const log = top + Math.log(z.reduce((sum, value) => sum + Math.exp(value - top), 0));
  return z.map((value) => value - log);
}
const softmax = (z: Row): number[] => logSoftmax(z).map(Math.exp);
const divergence = (p: Row, q: Row): number =>
  softmax(p).reduce((sum, share, k) => sum + share * (logSoftmax(p)[k]! - logSoftmax(q)[k]!), 0);

const objectives: Readonly<Record<string, [Objective, Reference]>> = {
  'cross-entropy': [crossEntropy(), ([z], y) => -logSoftmax(z!)[y]!],
  'cross-entropy with label smoothing': [
    crossEntropy({ labelSmoothing: 0.2 }),
    ([z], y) => -logSoftmax(z!).reduce((sum, log, k) => sum + (0.2 / z!.length + (k === y ? 0.8 : 0)) * log, 0),
  ],
  TRADES: [trades({ beta: 3 }), ([clean, adv], y) => -logSoftmax(clean!)[y]! + 3 * divergence(clean!, adv!)],
  MART: [
    mart({ beta: 4 }),
    ([clean, adv], y) => {
      const p = softmax(adv!);
      const rival = Math.max(...p.filter((_, k) => k !== y));
      return -Math.log(p[y]!) - Math.log(1.0001 - rival) + 4 * divergence(clean!, adv!) * (1 - softmax(clean!)[y]!);
    },
  ],
};

describe.each(Object.entries(objectives))('%s', (_, [objective, reference]) => {
  const labels = [1, 0, 3, 2];
  const logits = Array.from({ length: objective.views }, (_, view) =>
    labels.map((_, row) => Array.from(wave([4], row + 3 * view).data as Float32Array, (z) => 2 * z)),
  );
  const rowsOf = (row: number): Row[] => logits.map((view) => view[row]!);

  test('is its formula in float64, row by row', async () => {
    const { loss } = await compiled(objective, logits, labels);
    expectClose(loss, labels.map((y, row) => reference(rowsOf(row), y)), 1e-5);
  });

  test('has the gradients of central differences, by the logits of each view', async () => {
    const { gradients } = await compiled(objective, logits, labels);
    const step = 1e-5;
    for (const [view, gradient] of gradients.entries()) {
      const numeric = labels.flatMap((y, row) =>
        rowsOf(row)[view]!.map((z, k) => {
          const at = (by: number): number => reference(rowsOf(row).with(view, rowsOf(row)[view]!.with(k, z + by)), y);
          return (at(step) - at(-step)) / (2 * step);
        }),
      );
      expectClose(gradient, numeric, 1e-5);
    }
  });

  test('stays finite where the model is certain, of the label or of another class', async () => {
    const certain: Row[] = [[0, 200, 1, 0], [0, 200, 1, 0]];
    const { loss, gradients } = await compiled(objective, Array.from({ length: objective.views }, () => certain), [1, 0]);
    for (const value of [...loss, ...gradients.flatMap((each) => [...each])]) expect(value).toSatisfy(Number.isFinite);
  });
});

test('TRADES is cross-entropy where both views agree, and asks nothing of the second', async () => {
  const rows: Row[] = [[0.3, -1, 2]];
  const [plain, same] = [await compiled(crossEntropy(), [rows], [2]), await compiled(trades(), [rows, rows], [2])];
  expectClose(same.loss, plain.loss, 1e-6);
  for (const value of same.gradients[1]!) expect(value).toBeCloseTo(0, 6);
});
