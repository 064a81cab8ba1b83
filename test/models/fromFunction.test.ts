import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ndarray from 'ndarray';
import { beforeAll, describe, expect, test } from 'vitest';
import { unitBounds } from '../../src/core/bounds.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import { UserError } from '../../src/core/errors.ts';
import { fromFunction, pgd, scan } from '../../src/index.ts';
import type { RobustnessReport, SavedModel } from '../../src/index.ts';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';

let tf: Tf;
beforeAll(async () => {
  tf = await loadTf();
});

/** Two classes of points in the unit square on either side of x₀ = 0.5, at known distances. */
const distances = [0.02, 0.05, 0.08, 0.12, 0.15, 0.18, 0.22, 0.25, 0.28, 0.32];
const points: Dataset = {
  spec: 'points',
  shape: [2],
  kind: 'table',
  bounds: unitBounds,
  count: 2 * distances.length,
  async *read() {
    for (let id = 0; id < 2 * distances.length; id++) {
      const y = id % 2;
      const x = Float32Array.of(0.5 + (y === 1 ? 1 : -1) * distances[id >> 1]!, 0.3 + 0.02 * id);
      yield await Promise.resolve({ id, y, x: ndarray(x, [2]) });
    }
  },
};

/** Right of x₀ = 0.5 is class 1: a point is broken by epsilon exactly when it is nearer than that. */
const slope = (): Tensor2D => tf.tensor2d([[-10, 10], [0, 0]]);
const side = (x: Tensor): Tensor => tf.sub(tf.matMul(x as Tensor2D, slope()), [-5, 5]);

async function scanned(model: SavedModel): Promise<{ report: RobustnessReport; notes: string[] }> {
  const notes: string[] = [];
  const report = await scan({ model, data: points, attacks: [pgd({ steps: 20 })], epsilon: 0.2, workers: 0 }, { note: (line) => notes.push(line) });
  return { report, notes };
}

describe('a TF.js function of one’s own', () => {
  test('is scanned like any model: six of ten points lie within epsilon of the border', async () => {
    const model = await fromFunction(side, { inputShape: [2], classes: 2, name: 'side' });
    expect(model).toMatchObject({ path: 'side', format: 'function', inputShape: [2], classes: 2, parameters: 6, logits: 'as the model returns them' });
    const { report, notes } = await scanned(model);
    expect(report.engine.name).toBe('onnxruntime');
    expect(report.clean.accuracy).toBe(1);
    expect(report.worstCase.robustAccuracy).toBe(0.4);
    expect(notes).toEqual([]);
  });

  test('is another model once its variables have changed: what was kept of it before does not answer', async () => {
    const border = tf.variable(tf.tensor1d([-5, 5]));
    const cache = mkdtempSync(join(tmpdir(), 'breakwater-'));
    const model = await fromFunction((x) => tf.sub(tf.matMul(x as Tensor2D, slope()), border), { inputShape: [2], classes: 2 });
    const accuracy = async () => (await scan({ model, data: points, attacks: 'fgsm', epsilon: 0.2, workers: 0, cache })).clean.accuracy;
    expect(await accuracy()).toBe(1);
    border.assign(tf.tensor1d([-9, 9]));
    expect(await accuracy()).toBe(0.5);
    border.dispose();
    rmSync(cache, { recursive: true });
  });

  test('that reads its input while it runs falls back to TF.js, with a line, and ends the same', async () => {
    const reading = (x: Tensor): Tensor => tf.mul(side(x), tf.relu(x).dataSync()[0]! > 2 ? 0 : 1);
    const { report, notes } = await scanned(await fromFunction(reading, { inputShape: [2], classes: 2 }));
    expect(notes[0]).toBe(
      'reading: Relu cannot be compiled (its result depends on the input, yet the model reads it); running in TF.js instead, which is slower',
    );
    expect(['tensorflow', 'wasm', 'cpu']).toContain(report.engine.name);
    expect(report.worstCase.robustAccuracy).toBe(0.4);
  });

  test('takes preprocessing like a saved model', async () => {
    const bytes = (x: Tensor): Tensor => side(tf.div(x, 255));
    const model = await fromFunction(bytes, { inputShape: [2], classes: 2, preprocessing: { range: [0, 255] } });
    const plain = await fromFunction(side, { inputShape: [2], classes: 2 });
    const x = tf.tensor2d([[0.75, 0.5]]);
    const [a, b] = [model.eager(x).dataSync(), plain.eager(x).dataSync()];
    expect(Math.abs(a[0]! - b[0]!)).toBeLessThan(1e-5);
  });

  test('written for one example runs example by example', async () => {
    const one = (x: Tensor): Tensor => side(tf.reshape(x, [1, 2]));
    const model = await fromFunction(one, { inputShape: [2], classes: 2 });
    expect(model.oneByOne).toBe(true);
    const { report, notes } = await scanned(model);
    expect(notes[0]).toBe('one: its graph takes one example at a time; running one row per batch');
    expect(report.worstCase.robustAccuracy).toBe(0.4);
  });
});

describe('its identity', () => {
  const about = { inputShape: [2], classes: 2 };
  const sha = async (f: (x: Tensor) => Tensor): Promise<string> => (await fromFunction(f, about)).sha256;
  const scaled = (by: number) => (x: Tensor): Tensor => tf.mul(side(x), by);
  const read = (by: number) => (x: Tensor): Tensor => tf.mul(side(x), by + 0 * tf.relu(x).dataSync()[0]!);

  test('is the graph it traces to, constants included', async () => {
    expect(await sha(scaled(2))).toBe(await sha((x) => tf.mul(side(x), 2)));
    expect(await sha(scaled(2))).not.toBe(await sha(scaled(3)));
    expect(await sha(side)).not.toBe(await sha((x) => tf.neg(side(x))));
  });

  test('is its text and what it computes, where there is no graph', async () => {
    expect(await sha(read(2))).toBe(await sha(read(2)));
    expect(await sha(read(2))).not.toBe(await sha(read(3)));
  });
});

describe('is refused in one line', () => {
  const model = { inputShape: [2], classes: 2, name: 'mine' };
  const wrong = (f: unknown) => f as (x: Tensor) => Tensor;

  test.each<[string, (x: Tensor) => Tensor, object, string]>([
    ['for another number of classes', (x) => side(x), { classes: 3 }, 'mine: expected logits [1, 3] for one example, found [1, 2]'],
    ['for an image instead of logits', (x) => tf.reshape(side(x), [-1, 2, 1]), {}, 'mine: expected logits [1, 2] for one example, found [1, 2, 1]'],
    ['for a promise', wrong(async (x: Tensor) => Promise.resolve(side(x))), {}, 'mine: expected the function to return a tensor, found a promise'],
    ['for nothing', wrong(() => undefined), {}, 'mine: expected the function to return a tensor, found undefined'],
    ['when it throws', () => { throw new Error('no weights\nyet'); }, {}, 'mine: the function failed on one example [1, 2]: no weights'],
    ['for one class', (x) => side(x), { classes: 1 }, 'mine: classes: expected a whole number from 2, found 1'],
    ['for no shape', (x) => side(x), { inputShape: [] }, 'mine: inputShape: expected whole numbers above 0, found []'],
  ])('%s', async (_, f, options, message) => {
    const error: unknown = await fromFunction(f, { ...model, ...options }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toBe(message);
  });
});
