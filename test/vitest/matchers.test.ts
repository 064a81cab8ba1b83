import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { fgsm, openModel, pgd } from '../../src/index.ts';
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

test.each([
  [() => expect(3).toWithstand('fgsm', { ...plain, atLeast: 0.5 }), 'expected a model, its path or what openModel gave'],
  [() => expect(openModel(model.path)).toWithstand('fgsm', { ...plain, atLeast: 0.5 }), '(await it), found a promise'],
  [() => expect(model).toWithstand('fgms', { ...plain, atLeast: 0.5 }), "unknown attack 'fgms'"],
  [() => expect(model).toWithstand('fgsm', { ...plain, atLeast: 50 }), 'expected a share from 0 to 1, found 50'],
  [() => expect(model).not.toWithstand('fgsm', { ...plain, atLeast: 0.5, epsilon: -1 }), 'epsilon'],
])('bad input fails whatever is expected, and says why (%#)', async (matching, message) => {
  await expect(matching()).rejects.toThrow(message);
});
