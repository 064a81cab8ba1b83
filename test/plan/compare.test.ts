import { existsSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Comparison } from '../../src/core/comparison.ts';
import type { RobustnessReport } from '../../src/core/report.ts';
import { compare } from '../../src/plan/compare/compare.ts';
import { compareScans } from '../../src/plan/compare/compareScans.ts';
import type { ScanRequest } from '../../src/plan/plan.ts';
import { scan } from '../../src/plan/scan.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';

/**
 * First pixels of 1, 0.6, 0.4, 0 and 1. Before, the models' threshold is 0.5: examples 0 to 3 are right, 0 and 3 half a
 * unit away from it, 1 and 2 a tenth. After, it is 0.3: 0, 1 and 3 are right, 0.7, 0.3 and 0.3 away.
 */
const images = idxBytes([5, 2, 3], [255, 153, 102, 0, 255].flatMap((first) => [first, 128, 128, 128, 128, 128]));
const folder = folderWith({ images, labels: idxBytes([5], [1, 1, 0, 0, 0]) });
const data = `idx:${join(folder, 'images')},${join(folder, 'labels')}`;
const modelAt = (threshold: number) =>
  saveTinyModel(join(folder, `at-${threshold}`), { weights: [-1, 1, ...Array<number>(10).fill(0), threshold, -threshold] });
const [before, after] = [modelAt(0.5), modelAt(0.3)];

const asked = { data, epsilon: 0.2, attacks: 'fgsm,pgd(steps=5)', workers: 0 } satisfies ScanRequest;
const outOf = (name: string) => join(folder, name);
const scanned = async (name: string, request: ScanRequest) => {
  await scan({ ...asked, out: outOf(name), ...request });
  return outOf(name);
};

beforeAll(async () => {
  await scanned('before', { model: before });
  await scanned('after', { model: after });
});

/** A copy of the first scan with its report changed. */
function changed(name: string, change: (report: RobustnessReport) => unknown): string {
  cpSync(outOf('before'), outOf(name), { recursive: true });
  const path = join(outOf(name), 'report.json');
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as RobustnessReport)));
  return outOf(name);
}

describe('two scans of linear models', () => {
  test('differ in the samples that the closed form says, with and without an attack', async () => {
    const comparison = await compareScans(outOf('before'), outOf('after'));
    const worst = { total: 5, before: { correct: 2, accuracy: 0.4 }, after: { correct: 3, accuracy: 0.6 }, change: 0.2, won: 1, lost: 0, p: 1 };
    expect(comparison).toMatchObject({
      schemaVersion: 1,
      clean: { before: { correct: 4 }, after: { correct: 3 }, change: -0.2, wonIds: [], lostIds: [2] },
      attacks: [
        { attack: 'fgsm', norm: 'linf', epsilon: 0.2, ...worst },
        { attack: 'pgd(steps=5)', norm: 'linf', epsilon: 0.2, ...worst },
      ],
      worstCase: { ...worst, wonIds: [1], lostIds: [] },
      perClass: [
        { label: 0, clean: { total: 3, won: 0, lost: 1 }, worstCase: { total: 3, won: 0, lost: 0 } },
        { label: 1, clean: { total: 2, won: 0, lost: 0 }, worstCase: { total: 2, won: 1, lost: 0 } },
      ],
      warnings: [],
      verdict: 'measured',
    });
    expect(comparison).not.toHaveProperty('curve');
    expect(comparison.before).toMatchObject({ model: { path: before }, gradientQueries: expect.any(Number) as number });
  });

  test('turned around are won where they were lost', async () => {
    const back = await compareScans(outOf('after'), outOf('before'));
    expect(back).toMatchObject({ clean: { wonIds: [2], lostIds: [] }, worstCase: { change: -0.2, wonIds: [], lostIds: [1] } });
  });

  test('have a curve each, also from an attack that looks for the smallest perturbation', async () => {
    const curved = { epsilon: [0.05, 0.2, 0.35], attacks: 'fgsm,fmn' };
    const scans = [await scanned('curve-before', { ...curved, model: before }), await scanned('curve-after', { ...curved, model: after })] as const;
    const { curve } = await compareScans(...scans);
    const ofSeries = (name: string) => curve?.filter(({ attack }) => attack === name).map((point) => [point.epsilon, point.before.correct, point.after.correct]);
    const closedForm = [[0.05, 4, 3], [0.2, 2, 3], [0.35, 2, 1]];
    for (const series of ['fgsm', 'fmn', 'worst case']) expect(ofSeries(series)).toEqual(closedForm);
  });

  test('with labels of their own have no classes in common, and are right without an attack', async () => {
    const own = { labels: 'predicted' as const };
    const comparison = await compareScans(await scanned('own-before', { ...own, model: before }), await scanned('own-after', { ...own, model: after }));
    expect(comparison).toMatchObject({ measure: 'stability', clean: { before: { correct: 5 }, after: { correct: 5 } } });
    // Example 4 is right now in both; 2 is a tenth away in both.
    expect(comparison.worstCase).toMatchObject({ wonIds: [1], lostIds: [] });
    expect(comparison).not.toHaveProperty('perClass');
  });

  test('say what else may have moved an outcome', async () => {
    const elsewhere = changed('elsewhere', (report) => ({ ...report, engine: { ...report.engine, version: '0.9', processor: 'abacus' } }));
    const { warnings } = await compareScans(outOf('before'), elsewhere);
    expect(warnings).toEqual([expect.stringMatching(/^another engine: \S+ \S+ before, \S+ 0\.9 after/), expect.stringMatching(/^another processor: .* abacus after/)]);
  });
});

describe('the gate', () => {
  const rule = { maxRegression: 0.02 };
  const failing = (name: string, id: string) =>
    changed(name, (report) => ({ ...report, checks: [...report.checks, { id, title: id, status: 'fail', value: null, advice: '' }] }));

  test('five samples are too few, and it says how many would do', async () => {
    const { verdict, gate } = await compareScans(outOf('after'), outOf('before'), rule);
    expect(verdict).toBe('inconclusive');
    expect(gate).toMatchObject({ maxRegression: 0.02, regression: 0.2, p: 0.5 });
    expect(gate?.samplesToDecide).toBeGreaterThan(5);
  });

  test('holds where nothing may be lost that can be', async () => {
    expect((await compareScans(outOf('before'), outOf('before'), { maxRegression: 0.9 })).verdict).toBe('held');
  });

  test.each([
    ['no answer', 'attack-errors', 'before', 'inconclusive'],
    ['no answer', 'attack-errors', 'after', 'inconclusive'],
    ['no word that it held', 'gradients-exist', 'after', 'inconclusive'],
    ['held all the more', 'gradients-exist', 'before', 'held'],
  ] as const)('%s where %s failed in the scan %s', async (_, id, side, verdict) => {
    const failed = failing(`failed-${id}-${side}`, id);
    const sides = side === 'before' ? ([failed, outOf('before')] as const) : ([outOf('before'), failed] as const);
    expect((await compareScans(...sides, { maxRegression: 0.9 })).verdict).toBe(verdict);
  });

  test.each([
    [{ maxRegression: -0.1 }, 'maxRegression: expected a share from 0 to below 1, found -0.1'],
    [{ confidence: 95 }, 'confidence: expected a share from 0.5 to below 1, found 95'],
  ])('%j is refused', async (options, line) => {
    await expect(compareScans(outOf('before'), outOf('after'), options)).rejects.toThrow(line);
  });
});

describe('scans that are no pair are refused in one line', () => {
  test.each<[string, ScanRequest, string]>([
    ['epsilon', { epsilon: 0.1 }, 'cannot be compared: epsilon is 0.2 in the first, 0.1 in the second'],
    ['norm', { norm: 'l2' }, 'cannot be compared: norm is "linf" in the first, "l2" in the second'],
    ['attacks', { attacks: 'fgsm,pgd(steps=6)' }, 'cannot be compared: attacks.1.'],
    ['seed', { seed: 1 }, 'cannot be compared: seed is 0 in the first, 1 in the second'],
    ['limit', { limit: 4 }, 'cannot be compared: examples is 5 in the first, 4 in the second'],
    ['data', { offset: 1, limit: 4 }, 'cannot be compared: examples is 5 in the first, 4 in the second'],
    ['labels', { labels: 'predicted' }, 'cannot be compared: labels is "given" in the first, "predicted" in the second'],
    ['target', { target: 1 }, 'cannot be compared: target is absent in the first, 1 in the second'],
  ])('another %s', async (name, request, line) => {
    const other = await scanned(`other-${name}`, { model: before, ...request });
    await expect(compareScans(outOf('before'), other)).rejects.toThrow(line);
  });

  test('what is no finished scan', async () => {
    const unended = outOf('unended');
    cpSync(outOf('before'), unended, { recursive: true, filter: (path) => !path.endsWith('report.json') });
    await expect(compareScans(unended, outOf('after'))).rejects.toThrow(`${unended}: the scan in it has not ended: run it again to its end`);
    await expect(compareScans(outOf('before'), folder)).rejects.toThrow(`${folder}: expected the folder of a scan, found no report.json in it`);
    await expect(compareScans(outOf('nowhere'), folder)).rejects.toThrow('found nothing there');
  });

  test('a report that its records do not add up to, or that is none', async () => {
    const boasting = changed('boasting', (report) => ({ ...report, worstCase: { ...report.worstCase, robustAccuracy: 0.8 } }));
    await expect(compareScans(boasting, outOf('after'))).rejects.toThrow('does not add up to report.json beside it: 4 and 2 right without and under attack there, 4 and 4 here');
    const future = changed('future', (report) => ({ ...report, schemaVersion: 2 }));
    await expect(compareScans(future, outOf('after'))).rejects.toThrow('expected the report of a scan: schemaVersion should be 1, found 2');
  });

  test('records that were cut short', async () => {
    const cut = changed('cut', (report) => report);
    const path = join(cut, 'samples.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').trimEnd().split('\n').slice(0, -1).join('\n') + '\n');
    await expect(compareScans(cut, outOf('after'))).rejects.toThrow(/lacks an attack's record of 1 of 5 examples|holds 4 examples/);
  });
});

test('of two records on the same the last one counts, as a scan tries errors again', async () => {
  const retried = changed('retried', (report) => report);
  const path = join(retried, 'samples.jsonl');
  const records = readFileSync(path, 'utf8');
  const error = records.split('\n').find((line) => line.includes('"survived"'))!.replace('"survived"', '"error"');
  writeFileSync(path, `${error}\n${records}`);
  expect((await compareScans(retried, outOf('before'))).worstCase).toMatchObject({ won: 0, lost: 0 });
});

describe('two models', () => {
  const told = ({ clean, attacks, worstCase, perClass }: Comparison) => ({ clean, attacks, worstCase, perClass });

  test('are scanned alike, and come out as their scans do; the files are kept where asked', async () => {
    const out = outOf('comparison');
    const notes: string[] = [];
    const comparison = await compare({ ...asked, before, after, out }, { note: (line) => void notes.push(line) });
    expect(told(comparison)).toEqual(told(await compareScans(outOf('before'), outOf('after'))));
    expect(readdirSync(out).sort()).toEqual(['after', 'before', 'comparison.json', 'comparison.txt', 'report.html']);
    expect(JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8'))).toEqual(comparison);
    expect(existsSync(join(out, 'after', 'samples.jsonl'))).toBe(true);
  });

  test('one of them scanned already', async () => {
    expect(told(await compare({ ...asked, before: outOf('before'), after }))).toEqual(told(await compareScans(outOf('before'), outOf('after'))));
  });

  test('must both be there before the first is scanned', async () => {
    const out = outOf('mistyped');
    await expect(compare({ ...asked, before, after: 'no-such', out })).rejects.toThrow('no-such: no such file or folder; expected a saved model, or the folder of a scan');
    expect(existsSync(out)).toBe(false);
  });

  test('what is asked of scans that are there already is refused', async () => {
    const scans = { before: outOf('before'), after: outOf('after') };
    await expect(compare({ ...scans, seed: 3 })).rejects.toThrow('seed: expected a model to scan, found two scans: ');
  });
});
