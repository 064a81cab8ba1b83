import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { SampleRecord } from '../../src/core/record.ts';
import { readRecords } from '../../src/evaluate/records.ts';
import type { SavedModel } from '../../src/graph/model.ts';
import { openModel, scan } from '../../src/index.ts';
import type { RobustnessReport, ScanRequest } from '../../src/index.ts';
import { curveUpTo, epsilonsOf } from '../../src/plan/attacks/epsilons.ts';
import { planOf } from '../../src/plan/plan.ts';
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

/** Examples at Linf distances 0.03, 0.07, 0.15, 0.25 and 0.45 from the boundary, and one that is wrong. */
const data = firstPixels([[0.53, 1], [0.57, 1], [0.65, 1], [0.75, 1], [0.05, 0], [0.9, 0]]);
const sweep = { data, attacks: 'fgsm,pgd(steps=5),deepfool', epsilon: '0.2,0.05,0.1', workers: 0 } satisfies ScanRequest;

let folders = 0;
const newFolder = () => join(folder, `${folders++}`);
const byIdAndAttack = (a: SampleRecord, b: SampleRecord) => a.id - b.id || a.attack.localeCompare(b.attack);
const recordsIn = (out: string) => readRecords(join(out, 'samples.jsonl')).sort(byIdAndAttack);

async function scanned(change: ScanRequest): Promise<{ report: RobustnessReport; notes: string[] }> {
  const notes: string[] = [];
  const report = await scan({ ...sweep, model, ...change }, { note: (line) => notes.push(line) });
  return { report: withoutSeconds(report), notes };
}

describe('a scan at several epsilons', () => {
  const out = newFolder();
  let report: RobustnessReport;
  beforeAll(async () => {
    report = (await scanned({ out })).report;
  });

  test('has a row for each attack and epsilon, ascending, and a curve', () => {
    const rows = report.attacks.map(({ name, epsilon, robustAccuracy }) => [name, epsilon, Math.round(6 * robustAccuracy)]);
    const fall = [4, 3, 2].map((survivors, i) => [[0.05, 0.1, 0.2][i], survivors] as const);
    expect(rows).toEqual(['fgsm', 'pgd', 'deepfool'].flatMap((name) => fall.map(([epsilon, survivors]) => [name, epsilon, survivors])));
    expect(report.curve!.map(({ attack, epsilon, robustAccuracy }) => [attack, epsilon, Math.round(6 * robustAccuracy)])).toEqual(
      ['fgsm', 'pgd(steps=5)', 'deepfool', 'worst case'].flatMap((attack) => fall.map(([epsilon, survivors]) => [attack, epsilon, survivors])),
    );
  });

  test('states the worst case, and its threat, at the largest', () => {
    expect(report.threat.epsilon).toBe(0.2);
    expect(Math.round(6 * report.worstCase.robustAccuracy)).toBe(2);
    expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(report.checks.find(({ id }) => id === 'monotone-in-epsilon')).toMatchObject({ status: 'pass' });
  });

  test('runs an attack again only where it failed, and once where it looks for the smallest perturbation', () => {
    const told = recordsIn(out).filter(({ id }) => id === 1);
    expect(told.map(({ attack, epsilon, outcome, gradientQueries, smallest }) => [attack, epsilon, outcome, gradientQueries > 0, smallest?.toFixed(2)])).toEqual([
      ['deepfool', undefined, 'broken', true, '0.07'],
      ['fgsm@0.05', 0.05, 'survived', true, undefined],
      ['fgsm@0.1', 0.1, 'broken', true, undefined],
      ['fgsm@0.2', 0.2, 'broken', false, undefined],
      ['pgd(steps=5)@0.05', 0.05, 'survived', true, undefined],
      ['pgd(steps=5)@0.1', 0.1, 'broken', true, undefined],
      ['pgd(steps=5)@0.2', 0.2, 'broken', false, undefined],
    ]);
  });

  test('has the same records from worker threads', async () => {
    const threads = newFolder();
    expect((await scanned({ out: threads, workers: 2 })).report.attacks).toEqual(report.attacks);
    expect(recordsIn(threads)).toEqual(recordsIn(out));
  });

  test('goes on to the same report and records wherever it was cut off', async () => {
    const { size } = statSync(join(out, 'samples.jsonl'));
    for (const share of [0, 0.1, 0.3, 0.5, 0.55, 0.7, 0.9, 0.99]) {
      const cut = newFolder();
      mkdirSync(cut);
      writeFileSync(join(cut, 'scan.json'), readFileSync(join(out, 'scan.json')));
      writeFileSync(join(cut, 'samples.jsonl'), readFileSync(join(out, 'samples.jsonl')).subarray(0, Math.floor(share * size)));
      expect((await scanned({ out: cut })).report).toEqual(report);
      expect(recordsIn(cut)).toEqual(recordsIn(out));
    }
  });

  test('goes on from what it broke at a smaller epsilon, of which only the record is left', async () => {
    const cut = newFolder();
    mkdirSync(cut);
    writeFileSync(join(cut, 'scan.json'), readFileSync(join(out, 'scan.json')));
    const lines = readFileSync(join(out, 'samples.jsonl'), 'utf8').trimEnd().split('\n');
    writeFileSync(join(cut, 'samples.jsonl'), lines.filter((line) => !line.includes('@0.2"')).map((line) => `${line}\n`).join(''));
    expect((await scanned({ out: cut })).report).toEqual(report);
    expect(recordsIn(cut)).toEqual(recordsIn(out));
    expect(readRecords(join(cut, 'samples.jsonl'))).toHaveLength(6 * 7);
  });

  test('writes the examples of every epsilon', async () => {
    const saving = newFolder();
    await scanned({ out: saving, attacks: 'fgsm', saveExamples: 2 });
    const names = ['0-clean', '0-fgsm-0.05', '0-fgsm-0.1', '0-fgsm-0.2', '1-clean', '1-fgsm-0.05', '1-fgsm-0.1', '1-fgsm-0.2'];
    expect(readdirSync(join(saving, 'examples')).sort()).toEqual(names.flatMap((name) => [`${name}.npz`, `${name}.png`]));
    rmSync(join(saving, 'examples', '1-fgsm-0.2.npz'));
    const before = readFileSync(join(saving, 'examples', '1-fgsm-0.1.npz'));
    await scanned({ out: saving, attacks: 'fgsm', saveExamples: 2 });
    expect(readFileSync(join(saving, 'examples', '1-fgsm-0.1.npz'))).toEqual(before);
    expect(readdirSync(join(saving, 'examples'))).toHaveLength(16);
    expect(readRecords(join(saving, 'samples.jsonl'))).toHaveLength(18);
  });
});

describe('the cache answers at several epsilons', () => {
  const known = (notes: readonly string[]) => Number(notes.map((line) => /^(\d+) of \d+ results are from the cache/.exec(line)?.[1]).find(Boolean) ?? 0);

  test('what the smallest of them, or the same ones up to it, have shown', async () => {
    const cache = newFolder();
    await scanned({ cache, attacks: 'fgsm', epsilon: 0.05 });
    expect(known((await scanned({ cache, attacks: 'fgsm', epsilon: '0.05,0.1' })).notes)).toBe(6);
    const { report, notes } = await scanned({ cache, attacks: 'fgsm' });
    expect(known(notes)).toBe(12);
    expect(report).toEqual((await scanned({ attacks: 'fgsm' })).report);
  });

  test('but not what was found by going on from a smaller one', async () => {
    const cache = newFolder();
    await scanned({ cache, attacks: 'fgsm', epsilon: '0.05,0.1' });
    const { report, notes } = await scanned({ cache, attacks: 'fgsm', epsilon: 0.1 });
    expect(known(notes)).toBe(0);
    expect(report).toEqual((await scanned({ attacks: 'fgsm', epsilon: 0.1 })).report);
  });
});

describe('--curve', () => {
  test('measures up to the epsilon that was asked for, or the default', async () => {
    const { report } = await scanned({ attacks: 'fgsm', epsilon: 0.2, curve: true });
    expect(report.curve!.map(({ epsilon }) => epsilon)).toEqual([0.025, 0.05, 0.1, 0.2 * 0.75, 0.2, 0.025, 0.05, 0.1, 0.2 * 0.75, 0.2]);
    expect(report.threat.epsilon).toBe(0.2);
  });

  test('counts in whole numbers in L0', () => {
    expect(curveUpTo(8, 'l0')).toEqual([1, 2, 4, 6, 8]);
    expect(curveUpTo(2, 'l0')).toEqual([1, 2]);
  });

  test('expects one epsilon', () => {
    expect(() => planOf({ epsilon: '0.1,0.2', curve: true })).toThrow(new UserError('curve: expected one epsilon, up to which it goes, found 2, which make a curve already'));
  });
});

describe('epsilons', () => {
  test.each([
    ['8/255', [8 / 255]],
    ['0.3, 0.1,0.3', [0.1, 0.3]],
    [[0.2, '1/10'], [0.1, 0.2]],
    [0.5, [0.5]],
  ])('%j are %j', (written, expected) => expect(epsilonsOf(written)).toEqual(expected));

  test.each([[[]], ['0.1,'], ['0.1;0.2'], [[0.1, NaN]]])('%j are refused in one line', (written) => {
    expect(() => epsilonsOf(written)).toThrow(/^epsilon: expected [^\n]+, found /);
  });

  test('beyond the box are refused one by one', async () => {
    await expect(scanned({ epsilon: '0.5,1.5' })).rejects.toThrow('epsilon 1.5: expected a number > 0 and at most 1, the diameter of the box in linf');
  });

  test('that read the same are told apart', async () => {
    const { report } = await scanned({ attacks: 'fgsm', epsilon: [0.1, 0.100001] });
    expect(report.attacks.map(({ epsilon }) => epsilon)).toEqual([0.1, 0.100001]);
  });
});
