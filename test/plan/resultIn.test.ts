import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { check } from '../../src/plan/check/check.ts';
import type { Config } from '../../src/plan/check/config.ts';
import { resultsIn } from '../../src/plan/records/resultIn.ts';
import { reporters } from '../../src/report/index.ts';
import { formats } from '../../src/report/reporter.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';

const firsts = [255, 153, 102, 0, 255];
const data = folderWith({ images: idxBytes([5, 2, 3], firsts.flatMap((first) => [first, 128, 128, 128, 128, 128])), labels: idxBytes([5], [1, 1, 0, 0, 0]) });
const out = mkdtempSync(join(tmpdir(), 'breakwater-'));
const common = { model: saveTinyModel(join(data, 'model')), data: `idx:${join(data, 'images')},${join(data, 'labels')}`, attacks: 'fgsm', workers: 0, thresholds: { worstCase: 0.1 } } as const;
const scenarios = [
  { name: 'near and far', threat: { epsilon: 0.05 }, baseline: join(data, 'baseline.json'), maxRegression: 0.5 },
  { name: 'near/and/far', threat: { epsilon: 0.2 } },
];
const config: Config = { ...common, scenarios };

beforeAll(async () => {
  await check(config, { updateBaseline: true });
  await check(config, { out, formats, gallery: 2 });
}, 60_000);

test.each(formats)('a check of several scenarios is written again byte for byte: %s', async (format) => {
  const { file, render } = reporters[format];
  expect(await render(await resultsIn(out))).toBe(readFileSync(join(out, file), 'utf8'));
});

test('has comparisons and pictures, each of its own scenario', async () => {
  const [near, far] = await resultsIn(out);
  expect([near!.name, far!.name]).toEqual(['near and far', 'near/and/far']);
  expect([near!.comparison?.worstCase?.lost, far!.comparison]).toEqual([0, undefined]);
  expect([near!.gallery, far!.gallery].map((items) => items?.length)).toEqual([0, 2]);
});

test('one of the scenarios alone is told by its name, and its folder is a scan', async () => {
  const one = mkdtempSync(join(tmpdir(), 'breakwater-'));
  await check(config, { out: one, formats: ['md'], only: ['near/and/far'] });
  expect((await resultsIn(one)).map(({ name }) => name)).toEqual(['near/and/far']);
  expect((await resultsIn(join(one, 'near-and-far-2'))).map(({ name }) => name)).toEqual([undefined]);
});

test('goes without the pictures where a folder holds another scan by now', async () => {
  rmSync(join(out, 'near-and-far-2'), { recursive: true });
  expect((await resultsIn(out)).map(({ gallery }) => gallery?.length)).toEqual([0, undefined]);
});
