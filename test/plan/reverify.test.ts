import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecords } from '../../src/evaluate/records.ts';
import type { TfjsModel } from '../../src/graph/model.ts';
import { scan } from '../../src/index.ts';
import type { RobustnessReport } from '../../src/index.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';
import { firstPixels } from '../support/firstPixels.ts';
import { openTfjs } from '../support/openTfjs.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));
const checkOf = ({ checks }: RobustnessReport, wanted: string) => checks.find(({ id }) => id === wanted);

describe('an original model that disagrees with the engine', () => {
  let model: TfjsModel;
  beforeAll(async () => {
    model = await openTfjs(saveTinyModel(join(folder, 'half')));
  });
  afterAll(() => model.close());

  /** 32 examples on either side of the boundary at 0.5, of which 16 are read before the engine is verified. */
  const examples = Array.from({ length: 32 }, (_, id): [number, number] => (id % 2 === 0 ? [0.45, 0] : [0.55, 1]));

  test.each([0, 2])('is believed: what does not fool it has survived, and the check fails (%i workers)', async (workers) => {
    // From then on TF.js sees brighter images, and class 1 from 0.3 on: the attacks' way from 0.55 to 0.45 is in vain.
    let brighter = 0;
    const data = firstPixels(examples, (id) => (brighter = id < 16 ? 0 : 0.2));
    const drifting: TfjsModel = { ...model, eager: (x) => model.eager(x.add(brighter)) };
    const out = join(folder, `drifting-${workers}`);
    const report = await scan({ model: drifting, data, attacks: 'fgsm', epsilon: 0.1, workers, out });
    expect(report.clean.accuracy).toBe(1);
    expect(report.attacks).toMatchObject([{ robustAccuracy: 0.5, robustAccuracy8bit: 0.5, successRate: 0.5 }]);
    expect(checkOf(report, 'reverified')).toMatchObject({ status: 'fail', value: 16 });
    expect(report.verdict).toBe('inconclusive');
    const records = readRecords(join(out, 'samples.jsonl'));
    expect(records.filter(({ label }) => label === 1).every((r) => r.outcome === 'survived' && r.disagreed === true && r.adversarial === 1)).toBe(true);
    expect(records.filter(({ label }) => label === 0).every((r) => r.outcome === 'broken' && r.disagreed === undefined && r.adversarial === 1)).toBe(true);
  });

  test('passes the check when it is the engine’s equal', async () => {
    const report = await scan({ model, data: firstPixels(examples), attacks: 'fgsm', epsilon: 0.1, workers: 0 });
    expect(checkOf(report, 'reverified')).toMatchObject({ status: 'pass', value: 0 });
    expect(checkOf(report, 'reverified')?.advice).toMatch(/^0 of 32 adversarial examples do not fool the original model in TF.js /);
    expect(report.worstCase.robustAccuracy).toBe(0);
  });
});

describe('rounding to 8 bits', () => {
  /** Levels of the first pixel. The model says 1 from 127.2 on. */
  const images = firstPixels([126, 127, 128, 200].map((level) => [level / 255, Number(level > 127.2)]));
  const boundary = 127.2 / 255;
  let model: TfjsModel;
  beforeAll(async () => {
    const weights = [-1, 1, ...Array<number>(10).fill(0), boundary, -boundary];
    model = await openTfjs(saveTinyModel(join(folder, 'between'), { weights }));
  });
  afterAll(() => model.close());

  test.each(['auto', 'cpu'] as const)('undoes a change of less than half a level (engine %s)', async (engine) => {
    // 127 is moved to 127.4, and back by rounding.
    const report = await scan({ model, data: images, attacks: 'fgsm', epsilon: 0.4 / 255, workers: 0, engine });
    expect(report.attacks).toMatchObject([{ robustAccuracy: 3 / 4, robustAccuracy8bit: 1 }]);
    expect(report.worstCase).toMatchObject({ robustAccuracy: 3 / 4, robustAccuracy8bit: 1 });
    expect(checkOf(report, 'eight-bit')).toMatchObject({ status: 'warn', value: 1 });
    expect(checkOf(report, 'reverified')).toMatchObject(engine === 'auto' ? { status: 'pass', value: 0 } : { status: 'not-run', value: null });
  });

  test('takes a change of more than half a level to a whole one, out of the budget', async () => {
    // 127 is moved to 127.85 and 128 to 127.15; rounded, they have changed places.
    const report = await scan({ model, data: images, attacks: 'fgsm', epsilon: 0.85 / 255, workers: 0 });
    expect(report.attacks).toMatchObject([{ robustAccuracy: 2 / 4, robustAccuracy8bit: 2 / 4 }]);
    expect(checkOf(report, 'eight-bit')).toMatchObject({ status: 'pass', value: 0 });
    expect(checkOf(report, 'eight-bit')?.advice).toMatch('Rounding undoes 0 of 2, and takes 2 out of the budget');
  });

  test('does not concern tables', async () => {
    const report = await scan({ model, data: { ...images, kind: 'table' }, attacks: 'fgsm', epsilon: 0.4 / 255, workers: 0 });
    expect(report.attacks[0]).not.toHaveProperty('robustAccuracy8bit');
    expect(checkOf(report, 'eight-bit')).toBeUndefined();
  });
});
