import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fgsm, openModel, pgd } from '../../src/index.ts';
import { writeBaseline } from '../../src/plan/baseline/baseline.ts';
import { baselineEntry } from '../../src/plan/baseline/baselineEntry.ts';
import { finishedScan } from '../../src/plan/records/finishedScan.ts';
import * as scans from '../../src/plan/scan.ts';
import '../../src/vitest/index.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';
import { firstPixels } from '../support/firstPixels.ts';

vi.mock(import('../../src/plan/scan.ts'), { spy: true });

const model = await openModel(saveTinyModel(mkdtempSync(join(tmpdir(), 'breakwater-'))));
afterAll(() => model.close());

/** 100 images of the class that the model gives them, 0.2 from its boundary; 5 of them bear the other label. */
const on = firstPixels(Array.from({ length: 100 }, (_, id) => [0.7, id < 5 ? 0 : 1]));
const plain = { on, workers: 0, cache: false };

describe('toWithstand', () => {
  test('passes where the whole interval is above the floor: 95 of 100, from 88.7 %', async () => {
    await expect(model).toWithstand(fgsm({ epsilon: 0.1 }), { ...plain, atLeast: 0.88 });
  });

  test('fails with figure, interval, floor, seed and the command that makes the scan again', async () => {
    const failing = expect(model).toWithstand([fgsm({ epsilon: 0.25 }), pgd({ steps: 3 })], { ...plain, atLeast: 0.4, seed: 7 });
    await expect(failing).rejects.toThrow(
      `expected ${model.path} to withstand fgsm, pgd(steps=3) (Linf, epsilon 0.25, bounds [0, 1]) on at least 40.0 %: missed
  worst-case accuracy: 0.0 %, 95 % interval 0.0–3.6 %; asked for at least 40.0 %: missed
  seed 7, 100 examples of first pixels
  reproduce: npx breakwater scan ${model.path} --attack 'fgsm,pgd(steps=3)' --data 'first pixels' --epsilon 0.25 --seed 7`,
    );
  });

  test('says how many examples would decide where the samples leave it open, and fails with .not too', async () => {
    const options = { ...plain, atLeast: 0.94 };
    await expect(expect(model).toWithstand('fgsm', { ...options, epsilon: 0.1 })).rejects.toThrow(/inconclusive; [\d,]+ examples with the same shares would decide/);
    await expect(expect(model).not.toWithstand('fgsm', { ...options, epsilon: 0.1 })).rejects.toThrow(/not to withstand .*: inconclusive/);
  });

  test('with .not passes where the floor is missed, and fails where it is held', async () => {
    await expect(model).not.toWithstand(pgd({ epsilon: 0.25, steps: 3 }), { ...plain, atLeast: 0.5 });
    await expect(expect(model).not.toWithstand(fgsm({ epsilon: 0.1 }), { ...plain, atLeast: 0.5 })).rejects.toThrow('not to withstand');
  });

  test('holds attacks that keep to no ball against the floor as well', async () => {
    await expect(expect(model).toWithstand('rotation-translation', { ...plain, epsilon: 0.1, atLeast: 0.999 })).rejects.toThrow('accuracy under rotation-translation: ');
  });

  test('takes the confidence of the interval', async () => {
    await expect(expect(model).toWithstand(fgsm({ epsilon: 0.1 }), { ...plain, atLeast: 0.88, confidence: 0.999 })).rejects.toThrow('99.9 % interval');
  });
});

test('toHaveCleanAccuracy holds the accuracy without an attack', async () => {
  await expect(model).toHaveCleanAccuracy({ ...plain, atLeast: 0.88 });
  await expect(expect(model).toHaveCleanAccuracy({ ...plain, atLeast: 0.99 })).rejects.toThrow('clean accuracy: 95.0 %, 95 % interval 88.7–98.4 %; asked for at least 99.0 %: missed');
});

test('ten thresholds of one scan take one scan', async () => {
  vi.mocked(scans.scan).mockClear();
  const options = { ...plain, seed: 11 };
  for (let n = 0; n < 10; n++) await expect(model).toWithstand(fgsm({ epsilon: 0.1 }), { ...options, atLeast: n / 20 });
  expect(scans.scan).toHaveBeenCalledTimes(1);
  await expect(model).toWithstand(fgsm({ epsilon: 0.05 }), { ...options, atLeast: 0.5 });
  expect(scans.scan).toHaveBeenCalledTimes(2);
});

test('a model that was saved anew, where it was, is scanned anew', async () => {
  const path = saveTinyModel(mkdtempSync(join(tmpdir(), 'breakwater-')));
  const options = { ...plain, atLeast: 0.5 };
  vi.mocked(scans.scan).mockClear();
  await expect(path).toWithstand(fgsm({ epsilon: 0.1 }), options);
  await expect(path).toWithstand(fgsm({ epsilon: 0.1 }), options);
  expect(scans.scan).toHaveBeenCalledTimes(1);
  saveTinyModel(path, { weights: [-1, 1, ...Array<number>(10).fill(0), 0.65, -0.65] });
  await expect(expect(path).toWithstand(fgsm({ epsilon: 0.1 }), options)).rejects.toThrow('missed');
});

test.each([
  [() => expect(3).toWithstand('fgsm', { ...plain, atLeast: 0.5 }), 'expected a model, its path or what openModel gave'],
  [() => expect(openModel(model.path)).toWithstand('fgsm', { ...plain, atLeast: 0.5 }), '(await it), found a promise'],
  [() => expect(model).toWithstand('fgms', { ...plain, atLeast: 0.5 }), "unknown attack 'fgms'"],
  [() => expect(model).toWithstand('fgsm', { ...plain, atLeast: 50 }), 'expected a share from 0 to 1, found 50'],
  [() => expect(model).not.toWithstand('fgsm', { ...plain, atLeast: 0.5, epsilon: -1 }), 'epsilon'],
])('bad input fails whatever is expected, and says why (%#)', async (matching, message) => {
  await expect(matching()).rejects.toThrow(message);
});

describe('toHoldAgainstBaseline', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  const path = join(folder, 'baseline.json');
  const request = { attacks: 'fgsm', epsilon: 0.1, workers: 0 };

  beforeAll(async () => {
    const out = join(folder, 'before');
    await scans.scan({ ...request, model, data: on, out });
    writeBaseline(path, new Map([['tiny', baselineEntry(path, finishedScan(out))]]));
  });

  test('passes where nothing was lost, on the same samples', async () => {
    await expect(model).toHoldAgainstBaseline(path, { on, workers: 0, maxRegression: 0.05 });
  });

  test('fails where more was lost than may be, and names the samples', async () => {
    const weaker = await openModel(saveTinyModel(join(folder, 'weaker'), { weights: [-1, 1, ...Array<number>(10).fill(0), 0.65, -0.65] }));
    const losing = expect(weaker).toHoldAgainstBaseline(`${path}#tiny`, { on, workers: 0 });
    await expect(losing).rejects.toThrow(/to lose at most 2\.0 % against .*baseline\.json#tiny: missed\n {2}worst-case accuracy lost since the baseline: 95\.0 %.*\n {2}lost examples: 5, 6, .*, 24 and 75 more\n/);
    weaker.close();
  });

  test('is open where the samples are too few, and says how many would do', async () => {
    await expect(expect(model).toHoldAgainstBaseline(path, { on, workers: 0, maxRegression: 0.001 })).rejects.toThrow(/inconclusive; [\d,]+ examples/);
  });

  test.each([
    [join(folder, 'none.json'), {}, 'found nothing there'],
    [`${path}#other`, {}, "unknown scenario 'other'"],
    [path, { on: firstPixels([[0.7, 1]]) }, 'and this scan cannot be compared: examples is 100 in the first, 1 in the second'],
  ])('refuses what cannot be compared (%#)', async (file, options, message) => {
    await expect(expect(model).not.toHoldAgainstBaseline(file, { on, workers: 0, ...options })).rejects.toThrow(message);
  });
});
