import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/plan/check/check.ts';
import type { Config } from '../../src/plan/check/config.ts';
import { readBaseline } from '../../src/plan/baseline/baseline.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';

const count = 1000;
const firstPixels = Array.from({ length: count }, (_, id) => (97 * id) % 256);
const folder = folderWith({
  images: idxBytes([count, 2, 3], firstPixels.flatMap((first) => [first, 128, 128, 128, 128, 128])),
  labels: idxBytes([count], firstPixels.map((first) => Number(first > 127))),
});
const before = saveTinyModel(join(folder, 'before'));
/** Its boundary lies at 0.8 instead of 0.5: it holds three tenths of all images no more, and a tenth that were not held. */
const worse = saveTinyModel(join(folder, 'worse'), { weights: [-1, 1, ...Array<number>(10).fill(0), 0.8, -0.8] });

const config = {
  ...{ model: before, data: `idx:${join(folder, 'images')},${join(folder, 'labels')}`, attacks: 'fgsm', threat: { epsilon: 0.1 }, workers: 0 },
  ...{ baseline: join(folder, 'baseline.json'), maxRegression: 0.05, sequential: true },
} satisfies Config;

describe('a sequential check', () => {
  test('puts all examples into its baseline, and then stops when the loss is settled, on the pairs that it has', async () => {
    await check(config, { updateBaseline: true });
    expect(readBaseline(config.baseline).get('default')?.samples.count).toBe(count);

    const { verdict, scenarios } = await check(config);
    const { report, comparison } = scenarios[0]!;
    expect(verdict).toBe('held');
    expect(report.sequential).toMatchObject({ stopped: true, of: count });
    expect(report.sequential!.samples).toBeLessThan(200);
    expect(report.gates).toMatchObject([{ id: 'regression', status: 'held', figure: 0 }]);
    expect(comparison?.worstCase).toMatchObject({ total: report.sequential!.samples, won: 0, lost: 0 });
  });

  test('calls a release that lost too much missed, by an interval that holds whenever it stops', async () => {
    const { verdict, scenarios } = await check(config, { model: worse });
    const { report, comparison } = scenarios[0]!;
    const [gate] = report.gates;
    expect(verdict).toBe('missed');
    expect(report.sequential!.samples).toBeLessThan(400);
    expect(gate!.interval[0]).toBeGreaterThan(0.05);
    expect(comparison!.worstCase!.lost - comparison!.worstCase!.won).toBe(Math.round(gate!.figure * report.sequential!.samples));
    expect(comparison!.gate!.p).toBeUndefined();
  });

  test('waits for its thresholds too', async () => {
    const { scenarios } = await check({ ...config, thresholds: { worstCase: 0.7 } });
    expect(scenarios[0]!.report.gates).toMatchObject([{ id: 'worst-case', status: 'held' }, { id: 'regression', status: 'held' }]);
    expect(scenarios[0]!.report.sequential!.samples).toBeGreaterThan(124);
  });

  test('refuses examples that its baseline does not have', async () => {
    const small = { ...config, baseline: join(folder, 'small.json') };
    await check({ ...small, limit: 50 }, { updateBaseline: true });
    await expect(check(small)).rejects.toThrow(/^config: sequential: expected examples that the baseline has too, found example \d+, which it has not; with a limit a sequential scan draws other examples: update it with sequential \(or shuffle\) in the config$/);
  });
});
