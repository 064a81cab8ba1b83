import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SavedModel } from '../../src/graph/model.ts';
import { openModel, scan } from '../../src/index.ts';
import type { RobustnessReport } from '../../src/index.ts';
import { scanText } from '../../src/report/text.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';
import { firstPixels } from '../support/firstPixels.ts';
import { withoutSeconds } from '../support/withoutSeconds.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));

let model: SavedModel;
beforeAll(async () => {
  model = await openModel(saveTinyModel(join(folder, 'model')));
});
afterAll(() => model.close());

describe('with predicted labels', () => {
  /** Distances to the boundary of 0.4, 0.1, 0.05 and 0.3; labels that no class has, or the wrong one. */
  const data = firstPixels([[0.9, 77], [0.6, -1], [0.45, 1], [0.8, 0.5]]);
  const request = { data, attacks: 'fgsm', epsilon: 0.2, labels: 'predicted' } as const;
  let report: RobustnessReport;
  beforeAll(async () => {
    report = await scan({ ...request, model, workers: 0 });
  });

  test('what is measured is stability: the model is right on every clean example by definition', () => {
    expect(report).toMatchObject({
      measure: 'stability',
      clean: { accuracy: 1, correct: 4, total: 4 },
      attacks: [{ robustAccuracy: 2 / 4 }],
      worstCase: { robustAccuracy: 2 / 4 },
      dataset: { classHistogram: [1, 3] },
      perClass: [
        { label: 0, total: 1, cleanAccuracy: 1, robustAccuracy: 0 },
        { label: 1, total: 3, cleanAccuracy: 1, robustAccuracy: 2 / 3 },
      ],
    });
  });

  test('no text speaks of accuracy', () => {
    const text = scanText(report);
    expect(text).toMatch(/^ +stability /m);
    expect(text).toMatch(/^clean +100\.0 % +by definition$/m);
    expect(text).toMatch('survived fgsm at Linf epsilon 0.2; this is stability');
    expect(text).not.toMatch(/accuracy|right/i);
    expect(JSON.stringify(report.checks)).not.toMatch(/accuracy/i);
  });

  test("the data's own labels do not matter", async () => {
    const relabelled = firstPixels([[0.9, 0], [0.6, 0], [0.45, 0], [0.8, 1]]);
    expect(withoutSeconds(await scan({ ...request, data: relabelled, model, workers: 0 }))).toEqual(withoutSeconds(report));
  });

  test('worker threads find the same', async () => {
    const threaded = await scan({ ...request, model, workers: 1 });
    expect({ ...withoutSeconds(threaded), engine: report.engine }).toEqual({ ...withoutSeconds(report), engine: report.engine });
  });

  test('a target is drawn among the other classes', async () => {
    const targeted = await scan({ ...request, model, workers: 0, target: 'random' });
    expect(targeted.attacks[0]?.targetedSuccessRate).toBe(2 / 4);
  });
});
