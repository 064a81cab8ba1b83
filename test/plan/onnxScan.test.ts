import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ndarray from 'ndarray';
import { afterAll, describe, expect, test } from 'vitest';
import { loadTf } from '../../models/tfjs/tf.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import { readRecords } from '../../src/evaluate/records.ts';
import { scan, UserError } from '../../src/index.ts';
import type { ScanRequest } from '../../src/index.ts';
import { digitsModel, digitsOnnx, digitsTest } from '../support/digits.ts';
import { saveModel } from '../support/saveModel.ts';
import { treesBytes } from '../support/trees.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-onnx-scan-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The conformance images. */
async function digits(): Promise<Dataset> {
  const { images, labels } = await digitsTest();
  return {
    spec: 'digits',
    shape: [8, 8, 1],
    kind: 'image',
    bounds: { lower: 0, upper: 1 },
    count: images.length,
    async *read() {
      for (const [id, image] of images.entries()) yield await Promise.resolve({ id, x: ndarray(Float32Array.from(image.flat(), (value) => value / 16), [8, 8, 1]), y: labels[id]! });
    },
  };
}

test('the same network as LayersModel and as ONNX has the same outcome for every sample', async () => {
  const layers = await saveModel(await digitsModel(await loadTf()));
  const recordsOf = async (model: string, name: string) => {
    const out = join(folder, name);
    await scan({ model, data: await digits(), attacks: 'fgsm,pgd(steps=10)', epsilon: 0.1, workers: 0, out });
    return readRecords(join(out, 'samples.jsonl')).map(({ id, attack, clean, outcome }) => ({ id, attack, clean, outcome }));
  };
  const byName = (a: { id: number; attack: string }, b: { id: number; attack: string }) => a.id - b.id || a.attack.localeCompare(b.attack);
  const [one, other] = [await recordsOf(layers, 'layers'), await recordsOf(digitsOnnx, 'onnx')];
  await rm(layers, { recursive: true });
  expect(one).toHaveLength(2 * 397);
  expect(other.sort(byName)).toEqual(one.sort(byName));
});

test('what is found is run on the original file, and the report says so', async () => {
  const notes: string[] = [];
  const details: string[] = [];
  const events = { note: (line: string) => notes.push(line), detail: (line: string) => details.push(line) };
  const report = await scan({ model: digitsOnnx, data: await digits(), attacks: 'fgsm', epsilon: 0.1, limit: 50, workers: 0 }, events);
  expect(report.model).toMatchObject({ format: 'onnx', inputShape: [8, 8, 1], classes: 10, parameters: 3658, logits: 'as the model returns them' });
  expect(report.checks.find(({ id }) => id === 'reverified')).toMatchObject({
    status: 'pass',
    advice: expect.stringMatching(/do not fool the original model in ONNX Runtime \S+ on the original file, whose verdict counts/) as string,
  });
  expect(report.worstCase.robustAccuracy8bit).toBeDefined();
  expect(notes).toEqual([]);
  expect(details).toEqual([
    expect.stringMatching(/digits-cnn\.onnx: examples \[8, 8, 1\] go into 'input' as \[1, 8, 8\]; logits as the model returns them$/),
    expect.stringMatching(/^verified: logits \S+, losses \S+, gradient \S+, gradient row by row \S+, gradient in random directions \S+$/),
  ]);
});

describe('a model without gradients', () => {
  /** Class 1 from 0.5 on. */
  const trees = join(folder, 'trees.onnx');
  writeFileSync(trees, treesBytes([{ at: 0, below: 0.5, left: [0.9, 0.1], right: [0.2, 0.8] }], 2, { zipMap: true }));
  const data: Dataset = {
    spec: 'two features',
    shape: [2],
    kind: 'table',
    bounds: { lower: 0, upper: 1 },
    count: 40,
    async *read() {
      for (let id = 0; id < 40; id++) yield await Promise.resolve({ id, x: ndarray(Float32Array.of(id % 2 === 0 ? 0.48 : 0.95, id / 40), [2]), y: id % 2 });
    },
  };
  const request: ScanRequest = { model: trees, data, epsilon: 0.05, attacks: 'uniform-noise(draws=50)' };

  test.each([0, 2])('is attacked by what needs none, through ONNX Runtime on the file (%i workers)', async (workers) => {
    const report = await scan({ ...request, workers });
    expect(report.engine).toMatchObject({ name: 'onnxruntime', rows: 'exact', workers, reason: expect.stringMatching(/^the original file, without gradients: ai\.onnx\.ml\.TreeEnsembleClassifier cannot be compiled/) as string });
    expect(report.clean.accuracy).toBe(1);
    expect(report.worstCase.robustAccuracy).toBe(0.5);
    expect(report.checks.find(({ id }) => id === 'reverified')).toMatchObject({ status: 'not-run' });
  });

  test('attacks that follow gradients are refused in one line: why, the op, its node, and what can run', async () => {
    const refused = scan({ ...request, attacks: 'pgd,uniform-noise' });
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(
      /^pgd: expected attacks that need no gradient, as \S+trees\.onnx has none \(the original file, without gradients: ai\.onnx\.ml\.TreeEnsembleClassifier cannot be compiled \(node '\/TreeEnsembleClassifier_label': breakwater does not know this op\)\): in linf there are .*uniform-noise/,
    );
  });
});
