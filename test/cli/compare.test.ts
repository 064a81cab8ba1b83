import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Comparison } from '../../src/core/comparison.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';
import { runCli } from './runCli.ts';
import { saveTinyModel } from './tinyModel.ts';

/** As in test/plan/compare.test.ts, 40 times over: of five examples one is won under attack, and one lost without. */
const firsts = Array.from({ length: 40 }, () => [255, 153, 102, 0, 255]).flat();
const images = idxBytes([200, 2, 3], firsts.flatMap((first) => [first, 128, 128, 128, 128, 128]));
const labels = idxBytes([200], Array.from({ length: 40 }, () => [1, 1, 0, 0, 0]).flat());
const folder = folderWith({ images, labels });
const modelAt = (threshold: number) =>
  saveTinyModel(join(folder, `at-${threshold}`), { weights: [-1, 1, ...Array<number>(10).fill(0), threshold, -threshold] });
const models = [modelAt(0.5), modelAt(0.3)] as const;
const asked = ['--data', `idx:${join(folder, 'images')},${join(folder, 'labels')}`, '--epsilon', '0.2', '--attack', 'fgsm', '--workers', '0', '--quiet'];
const [before, after] = [join(folder, 'before'), join(folder, 'after')];

beforeAll(async () => {
  await Promise.all([before, after].map((out, side) => runCli(['scan', models[side] as string, ...asked, '--out', out])));
});

describe('breakwater compare', () => {
  test('measures two scans, and exits with 0', async () => {
    const { code, stdout, stderr } = await runCli(['compare', before, after]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^clean +80\.0 % +60\.0 % +−20\.0 .* 0 +40 +< 0\.001$/m);
    expect(stdout).toMatch(/^worst case +40\.0 % +60\.0 % +\+20\.0 .* 40 +0 +< 0\.001$/m);
    expect(stdout).toContain('won     40 examples: 1, 6, 11,');
  });

  test.each([
    ['held', [before, after], '0.02', 0],
    ['regressed', [after, before], '0.02', 1],
    ['inconclusive', [after, before], '0.2', 3],
  ])('%s: the exit code says so', async (verdict, scans, allowed, expected) => {
    const { code, stdout } = await runCli(['compare', ...scans, '--max-regression', allowed, '--json']);
    expect([(JSON.parse(stdout) as Comparison).verdict, code]).toEqual([verdict, expected]);
  });

  test('scans two models alike, and leaves everything in --out', async () => {
    const out = join(folder, 'out');
    const { code, stdout, stderr } = await runCli(['compare', ...models, ...asked, '--out', out, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(out).sort()).toEqual(['after', 'before', 'comparison.json', 'comparison.txt', 'report.html']);
    expect(readFileSync(join(out, 'comparison.json'), 'utf8')).toBe(stdout);
    expect((JSON.parse(stdout) as Comparison).worstCase).toMatchObject({ won: 40, lost: 0 });
    expect(existsSync(join(out, 'before', 'report.json'))).toBe(true);
  });

  test.each([
    [[before], `compare: expected two scans or two models, found only ${before}`],
    [[before, after, '--seed', '1'], `seed: expected a model to scan, found two scans: ${before} and ${after}`],
    [[before, after, '--max-regresion', '2'], "unknown flag '--max-regresion': did you mean --max-regression?"],
  ])('%j is refused in one line', async (args, line) => {
    const { code, stdout, stderr } = await runCli(['compare', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.startsWith(`breakwater: ${line}`)).toBe(true);
    expect(stderr.match(/\n/g)).toHaveLength(1);
  });
});
