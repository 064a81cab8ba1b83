import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ndarray from 'ndarray';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledModel } from '../../models/bundled.ts';
import { unitBounds } from '../../src/core/bounds.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import { UserError } from '../../src/core/errors.ts';
import type { RobustnessReport } from '../../src/core/report.ts';
import { readRecords } from '../../src/evaluate/records.ts';
import type { SavedModel } from '../../src/graph/model.ts';
import { loadTf } from '../../models/tfjs/tf.ts';
import { openDataset, openModel, pgd, scan } from '../../src/index.ts';
import type { ScanProgress, ScanRequest } from '../../src/index.ts';
import { mlp } from '../support/nets.ts';
import { saveModel } from '../support/saveModel.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));

let model: SavedModel;
beforeAll(async () => {
  model = await openModel(bundledModel());
});
afterAll(() => model.close());

const small = { limit: 48, attacks: 'fgsm,pgd(steps=10),uniform-noise(draws=5)', epsilon: 0.05 } satisfies ScanRequest;
const recordsIn = (out: string) =>
  readRecords(join(out, 'samples.jsonl')).sort((a, b) => a.id - b.id || a.attack.localeCompare(b.attack));

/** What does not depend on time or machine. */
const withoutTimes = ({ engine: { rows }, ...report }: RobustnessReport) => ({
  ...report,
  rows,
  seconds: 0,
  attacks: report.attacks.map((row) => ({ ...row, seconds: 0 })),
});

describe('a scan of the bundled model', () => {
  const outs = { thread: join(folder, 'thread'), one: join(folder, 'one'), two: join(folder, 'two') };
  const progress: ScanProgress[] = [];
  let report: RobustnessReport;
  beforeAll(async () => {
    report = await scan({ ...small, model, workers: 0, out: outs.thread }, { progress: (at) => progress.push(at) });
  });

  test('finds the model weaker under stronger attacks', () => {
    const [fgsm, iterated, noise] = report.attacks.map(({ robustAccuracy }) => robustAccuracy);
    expect(report.clean.total).toBe(48);
    expect(report.clean.accuracy).toBeGreaterThan(0.8);
    expect(noise).toBeGreaterThan(fgsm!);
    expect(fgsm).toBeGreaterThanOrEqual(iterated!);
    expect(report.worstCase.robustAccuracy).toBeLessThanOrEqual(iterated!);
    expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(report.verdict).toBe('measured');
  });

  test('counts the unreadable examples of data that was opened before', async () => {
    const data = { ...(await openDataset('fashion-mnist:test')), skipped: () => 2 };
    const { dataset } = await scan({ model, data, limit: 8, attacks: 'fgsm', epsilon: 0.05, workers: 0 });
    expect(dataset.unreadable).toBe(2);
    expect(report.dataset).not.toHaveProperty('unreadable');
  });

  test('writes what it returns, and every record', () => {
    expect(JSON.parse(readFileSync(join(outs.thread, 'report.json'), 'utf8'))).toEqual(report);
    const records = recordsIn(outs.thread);
    expect(records).toHaveLength(3 * 48);
    expect(new Set(records.map(({ attack }) => attack))).toEqual(new Set(['fgsm', 'pgd(steps=10)', 'uniform-noise(draws=5)']));
    for (const { distances } of records) expect(distances?.linf ?? 0).toBeLessThanOrEqual(0.05);
  });

  test('tells how far it is', () => {
    expect(progress).toHaveLength(3 * 48);
    expect(progress.at(-1)).toMatchObject({ done: 144, total: 144, secondsLeft: 0 });
  });

  test('has the same records and figures at any batch size and number of workers', async () => {
    const alone = await scan({ ...small, model, workers: 1, batchSize: 7, out: outs.one });
    const together = await scan({ ...small, model, workers: 2, out: outs.two });
    expect([report, alone, together].map(({ engine }) => engine.workers)).toEqual([0, 1, 2]);
    expect(recordsIn(outs.one)).toEqual(recordsIn(outs.thread));
    expect(recordsIn(outs.two)).toEqual(recordsIn(outs.thread));
    expect(withoutTimes(alone)).toEqual(withoutTimes(report));
    expect(withoutTimes(together)).toEqual(withoutTimes(report));
  });

  test('keeps what it has when it is stopped', async () => {
    const abort = new AbortController();
    const out = join(folder, 'stopped');
    const stopped = scan(
      { ...small, limit: 500, model, workers: 2, out },
      { progress: ({ done }) => done >= 20 && abort.abort(new Error('Ctrl-C')), signal: abort.signal },
    );
    await expect(stopped).rejects.toThrow('Ctrl-C');
    expect(recordsIn(out).length).toBeGreaterThanOrEqual(20);
    expect(existsSync(join(out, 'report.json'))).toBe(false);
  });
});

test('a targeted scan leaves out the target’s own class and says how often it was reached', async () => {
  const notes: string[] = [];
  const report = await scan(
    { model, limit: 40, attacks: [pgd({ steps: 20 })], epsilon: 0.2, target: 3, workers: 0 },
    { note: (line) => notes.push(line) },
  );
  expect(report.dataset.classHistogram[3]).toBe(0);
  expect(report.dataset.examples).toBeLessThan(40);
  expect(report.attacks[0]!.targetedSuccessRate).toBeGreaterThan(0.5);
  expect(report.attacks[0]!.targetedSuccessRate).toBeLessThanOrEqual(report.attacks[0]!.successRate);
  expect(notes.join('\n')).toMatch(/\d+ examples of class 3 are left out/);
});

describe('what cannot be scanned is refused in one line, and nothing is written', () => {
  const dataset = (about: Partial<Dataset>, labels: readonly number[] = [0]): Dataset => ({
    spec: 'mine',
    shape: [28, 28, 1],
    kind: 'image',
    bounds: unitBounds,
    count: labels.length,
    async *read() {
      for (const [id, y] of labels.entries()) yield await Promise.resolve({ id, y, x: ndarray(new Float32Array(784), [28, 28, 1]) });
    },
    ...about,
  });

  test.each<[string, () => ScanRequest, RegExp]>([
    ['a shape that does not fit', () => ({ data: dataset({ shape: [32, 32, 3] }) }), /takes examples of shape \[28, 28, 1\], mine has \[32, 32, 3\]$/],
    ['a label without a class', () => ({ data: dataset({}, [0, 9, 10]) }), /^mine: example 2 has label 10, expected 0 to 9 as the model has 10 classes$/],
    ['a late label without a class', () => ({ data: dataset({}, [...new Array<number>(300).fill(0), 11]) }), /example 300 has label 11/],
    ['no examples', () => ({ data: dataset({ count: 3 }, []) }), /^mine: expected examples to evaluate, found none$/],
    ['a table without epsilon', () => ({ data: dataset({ kind: 'table' }) }), /^epsilon: expected a number, found none, and there is no default for tables in linf$/],
    ['L2 without epsilon', () => ({ norm: 'l2' }), /^epsilon: expected a number, found none, and there is no default for images in l2$/],
    ['epsilon 0', () => ({ epsilon: 0 }), /^epsilon 0: expected a number > 0/],
    ['an epsilon above the box', () => ({ epsilon: 1.5 }), /^epsilon 1.5: expected .* at most 1, the diameter of the box in linf$/],
    ['a target the model does not have', () => ({ target: 10 }), /^target: expected a class from 0 to 9 as .* has 10, found 10$/],
    ['a missing folder', () => ({ data: 'idx:no/such' }), /no\/such/],
    ['a reader nobody knows', () => ({ data: 'parquet:x' }), /^unknown reader 'parquet'/],
    ['range for an open model', () => ({ range: '0..255' }), /is open already: give range, mean and std to openModel$/],
  ])('%s', async (_, request, message) => {
    const out = join(folder, 'refused', 'deep');
    const refused = scan({ model, workers: 0, out, ...request() });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(UserError);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });

  test('an output folder that is a file', async () => {
    const out = join(folder, 'file');
    writeFileSync(out, '');
    await expect(scan({ model, out })).rejects.toThrow(`${out}: expected a folder, found a file`);
  });
});

test('a model that takes a flat vector is given the images row by row', async () => {
  const path = await saveModel(mlp(await loadTf(), { inputShape: [784], classes: 10 }), join(folder, 'flat'));
  const report = await scan({ model: path, limit: 16, attacks: 'pgd(steps=3)', epsilon: 0.1, workers: 0 });
  expect(report).toMatchObject({ model: { inputShape: [784] }, clean: { total: 16 }, attacks: [{ errors: 0 }] });
});
