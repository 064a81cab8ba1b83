import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ndarray from 'ndarray';
import { afterAll, describe, expect, test } from 'vitest';
import { bundledModel } from '../../models/bundled.ts';
import { loadTf } from '../../models/tfjs/tf.ts';
import { exitCodes } from '../../src/cli/exitCodes.ts';
import { unitBounds } from '../../src/core/bounds.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import type { RobustnessReport } from '../../src/core/report.ts';
import { scan, type ScanRequest } from '../../src/index.ts';
import { digitsModel, digitsOnnx, digitsTest } from '../support/digits.ts';
import { residual, smallCnn } from '../support/nets.ts';
import type { OnnxFile } from '../support/onnxFile.ts';
import { plantedDigits, type Weakness } from '../support/planted.ts';
import { saveModel } from '../support/saveModel.ts';
import { tableOf } from '../support/tableOf.ts';
import { treesBytes } from '../support/trees.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-checks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { images, labels } = await digitsTest();
const digits: Dataset = {
  ...{ spec: 'digits', kind: 'image', shape: [8, 8, 1], bounds: unitBounds, count: 40 },
  async *read() {
    for (let id = 0; id < 40; id++) {
      yield await Promise.resolve({ id, x: ndarray(Float32Array.from(images[id]!, (value) => value / 16), [8, 8, 1]), y: labels[id]! });
    }
  },
};

const common = { attacks: 'fgsm,pgd(steps=20)', epsilon: 0.1, workers: 0 } satisfies ScanRequest;
const failed = ({ checks }: RobustnessReport) => checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
const statusOf = ({ checks }: RobustnessReport, id: string) => checks.find((check) => check.id === id)?.status;

function saved(name: string, file: OnnxFile): string {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, file.bytes());
  return path;
}

describe('a planted weakness is caught by the check meant for it, in seeded scans, and its sound twin is not accused', () => {
  test.each<[Weakness, check: string, checks: 'standard' | 'full']>([
    ['scaledLogits', 'saturated-losses', 'standard'],
    ['kWinners', 'continuous', 'full'],
    ['quantisedInput', 'gradients-exist', 'standard'],
    ['noise', 'deterministic', 'standard'],
    ['deadRelus', 'gradients-exist', 'standard'],
    ['dropout', 'deterministic', 'standard'],
  ])('%s: %s', async (weakness, check, checks) => {
    const files = await plantedDigits(weakness);
    const planted = await scan({ ...common, model: saved(weakness, files.planted), data: digits, checks });
    expect(failed(planted)).toContain(check);
    expect(exitCodes[planted.verdict]).toBe(3);
    const sound = await scan({ ...common, model: saved(`${weakness}-sound`, files.sound), data: digits, checks: 'full' });
    expect(failed(sound)).toEqual([]);
    expect(statusOf(sound, check)).toBe('pass');
    expect(exitCodes[sound.verdict]).toBe(0);
  });

  test('what answers the weakness ends the doubt', async () => {
    const { planted: sharp } = await plantedDigits('scaledLogits');
    expect(failed(await scan({ ...common, attacks: 'pgd(steps=20,loss=margin)', model: saved('sharp', sharp), data: digits }))).toEqual([]);
    const { planted: dropping } = await plantedDigits('dropout');
    expect(failed(await scan({ ...common, attacks: 'pgd(steps=20,draws=5)', model: saved('dropping', dropping), data: digits }))).toEqual([]);
  });
});

describe('no check fails on an ordinary net, in any norm', () => {
  const predicted = { data: digits, labels: 'predicted' } as const;
  test.each<[string, () => ScanRequest | Promise<ScanRequest>]>([
    ['the bundled LayersModel', () => ({ model: bundledModel(), limit: 100, epsilon: 0.05, shuffle: true })],
    ['its GraphModel twin', () => ({ model: join(bundledModel(), '..', '..', 'fashion-cnn-graph'), limit: 24, epsilon: 0.03 })],
    ['the digits in ONNX, in L2', () => ({ model: digitsOnnx, data: digits, norm: 'l2', epsilon: 0.5 })],
    ['the digits as a LayersModel, in L1', async () => ({ model: await saveModel(await digitsModel(await loadTf())), data: digits, norm: 'l1', epsilon: 2, attacks: 'pgd' })],
    ['a smooth CNN of random weights', async () => ({ model: await saveModel(smallCnn(await loadTf(), { activation: 'tanh' })), ...predicted, epsilon: 0.01 })],
    ['a CNN of random weights', async () => ({ model: await saveModel(smallCnn(await loadTf(), { seed: 3 })), ...predicted, epsilon: 0.01 })],
  ])('%s', async (_, asked) => {
    const report = await scan({ ...common, checks: 'full', ...(await asked()) });
    expect(failed(report)).toEqual([]);
    expect(report.worstCase.robustAccuracy).toBeGreaterThan(0);
    expect(report.checks.filter(({ advice }) => advice.includes('--checks full'))).toEqual([]);
  });
});

describe('what was looked at again', () => {
  test('leaves out what L0 knows nothing of', async () => {
    const report = await scan({ ...common, attacks: 'jsma', norm: 'l0', model: digitsOnnx, data: digits, epsilon: 1, checks: 'full' });
    for (const id of ['other-losses', 'smooth-landscape', 'continuous', 'unbounded', 'planted-example']) expect(statusOf(report, id)).toBe('not-run');
    expect(statusOf(report, 'gradients-right')).toBe('pass');
    expect(report.checks.find(({ id }) => id === 'diversity')).toMatchObject({ status: 'pass', value: 'salt-and-pepper' });
    expect(statusOf(report, 'white-box-at-least-black-box')).not.toBe('not-run');
  });

  test('tells nothing of a way out of the class where all survivors are of one', async () => {
    const model = await saveModel(residual(await loadTf(), { inputShape: [8, 8, 1] }));
    const report = await scan({ ...common, model, data: digits, labels: 'predicted', epsilon: 0.01, checks: 'full' });
    expect(report.perClass).toHaveLength(1);
    expect(failed(report)).toEqual([]);
    expect(statusOf(report, 'unbounded')).toBe('not-run');
  });


  test('is the same from any batch size, and on how many survivors is said', async () => {
    const notes: string[] = [];
    const request = { ...common, model: digitsOnnx, data: digits, checks: 'full' } as const;
    const [all, seven] = [await scan(request, { note: (line) => notes.push(line) }), await scan({ ...request, batchSize: 7 })];
    expect(seven.checks).toEqual(all.checks);
    const survivors = Math.round(40 * all.worstCase.robustAccuracy);
    expect(notes).toContain(`checks: looking again at ${survivors} of ${survivors} survivors`);
  });

  test('is nothing where nothing survived', async () => {
    const report = await scan({ ...common, epsilon: 0.5, model: digitsOnnx, data: digits, checks: 'full' });
    expect(report.worstCase.robustAccuracy).toBe(0);
    expect(report.checks.find(({ id }) => id === 'unbounded')).toMatchObject({ status: 'pass', advice: 'Nothing survived that could be looked at again.' });
  });

  test('tells how much a weak attack leaves to stronger ones', async () => {
    const report = await scan({ ...common, attacks: 'bim(steps=1,stepSize=0.2)', model: digitsOnnx, data: digits, checks: 'full' });
    expect(statusOf(report, 'more-work')).toBe('warn');
    expect(statusOf(report, 'other-losses')).toBe('warn');
  });

  test('without gradients is what needs none', async () => {
    const model = join(folder, 'trees.onnx');
    const stumps = [{ at: 0, below: 0.5, left: [1, 0], right: [0, 1] }];
    writeFileSync(model, treesBytes(stumps, 2, { zipMap: false }));
    const data = tableOf('points', [2], [[Float32Array.of(0.2, 0.5), 0], [Float32Array.of(0.9, 0.5), 1]]);
    const report = await scan({ ...common, attacks: 'square(queries=50)', model, data, checks: 'full' });
    expect(failed(report)).toEqual([]);
    expect(statusOf(report, 'more-work')).toBe('pass');
    expect(statusOf(report, 'unbounded')).toBe('not-run');
    expect(statusOf(report, 'gradients-right')).toBe('not-run');
  });

  test('is refused by any other name', async () => {
    await expect(scan({ checks: 'all' as 'full' })).rejects.toThrow(/unknown extent of checks 'all'/);
  });
});
