import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ndarray from 'ndarray';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selectedIds } from '../../datasets/select.ts';
import { unitBounds } from '../../src/core/bounds.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import { Samples } from '../../src/evaluate/outcomes.ts';
import { readRecords } from '../../src/evaluate/records.ts';
import type { SavedModel } from '../../src/graph/model.ts';
import { openModel, scan } from '../../src/index.ts';
import type { RobustnessReport, ScanRequest } from '../../src/index.ts';
import { finishedScan } from '../../src/plan/records/finishedScan.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';
import { withoutSeconds } from '../support/withoutSeconds.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));

let model: SavedModel;
beforeAll(async () => {
  model = await openModel(saveTinyModel(join(folder, 'model')));
});
afterAll(() => model.close());

const count = 2000;
/** By its first pixel a sample is of class 1 or 0, as the model has it; one within 0.2 of the boundary, two in five, is broken. */
function spread(changed: Partial<Record<number, number>> = {}): Dataset {
  return {
    ...{ spec: 'spread', shape: [2, 3, 1], kind: 'image', bounds: unitBounds, count },
    async *read(wanted = () => true) {
      for (let id = 0; id < count; id++) {
        if (!wanted(id)) continue;
        const first = (0.618034 * id) % 1;
        yield await Promise.resolve({ id, x: ndarray(Float32Array.of(first, 0.5, 0.5, 0.5, 0.5, 0.5), [2, 3, 1]), y: changed[id] ?? Number(first > 0.5) });
      }
    },
  };
}

// What is broken is so at once; what is not takes 20 steps and is finished last.
const gated = { data: spread(), attacks: 'fgsm,pgd(steps=20)', epsilon: 0.2, thresholds: { worstCase: 0.45 }, sequential: true, workers: 0, batchSize: 64 } satisfies ScanRequest;
const scanned = (request: ScanRequest = {}) => scan({ ...gated, model, ...request });

/** What the place where it runs does not change. */
const found = ({ engine: { rows }, ...report }: RobustnessReport) => ({ ...withoutSeconds(report), rows });
const figures = ({ clean, worstCase, attacks }: RobustnessReport) => [clean.correct, worstCase.robustAccuracy, ...withoutSeconds(attacks).map(({ interval: _, ...row }) => row)];

describe('a sequential scan', () => {
  let report: RobustnessReport;
  beforeAll(async () => {
    report = await scanned();
  });

  test('stops when its gate is settled, and says so', () => {
    const { samples, ...said } = report.sequential!;
    expect(said).toEqual({ stopped: true, of: count });
    expect(samples).toBeGreaterThan(20);
    expect(samples).toBeLessThan(400);
    expect(report.verdict).toBe('held');
    expect(report.gates).toMatchObject([{ id: 'worst-case', status: 'held', threshold: 0.45 }]);
    expect(report.gates[0]!.interval[0]).toBeGreaterThanOrEqual(0.45);
    expect([report.dataset.examples, report.clean.total, report.dataset.classHistogram.reduce((a, b) => a + b)]).toEqual([samples, samples, samples]);
  });

  test('finds what a scan of as many shuffled examples finds: those first in the order, not those first finished', async () => {
    expect(report.request).toMatchObject({ shuffle: true, limit: report.sequential!.samples });
    const same = await scanned({ sequential: false, shuffle: true, limit: report.sequential!.samples });
    expect(figures(report)).toEqual(figures(same));
    expect(report.dataset).toEqual(same.dataset);
    expect(report.perClass).toEqual(same.perClass);
    expect(report.predictions).toEqual(same.predictions);
  });

  test.each([
    { batchSize: 5 },
    { batchSize: 300 },
    { workers: 2, batchSize: 7 },
  ])('is the same with %j', async (place) => {
    expect(found(await scanned(place))).toEqual(found(report));
  });

  test('goes on in its folder to the same report, whose samples come first there, and is answered from the cache', async () => {
    const [out, cache] = [join(folder, 'stopped'), join(folder, 'cache')];
    const stop = new AbortController();
    const begun = scan({ ...gated, model, out, cache }, { signal: stop.signal, progress: ({ done }) => done === 40 && stop.abort(new Error('stopped here')) });
    await expect(begun).rejects.toThrow('stopped here');
    expect(readRecords(join(out, 'samples.jsonl')).length).toBeGreaterThanOrEqual(40);
    expect(found(await scanned({ out }))).toEqual(found(report));
    expect(found(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as RobustnessReport)).toEqual(found(report));
    const records = readRecords(join(out, 'samples.jsonl'));
    const ids = [...new Set(records.map(({ id }) => id))];
    const samples = new Samples();
    finishedScan(out).outcomes(samples);
    expect(new Set(samples.ids)).toEqual(new Set(selectedIds(spread(), { shuffle: true, limit: report.sequential!.samples })));
    expect(ids.slice(0, samples.ids.length)).toEqual(samples.ids);
    expect(found(await scanned({ out }))).toEqual(found(report));
    await scanned({ cache });
    expect(found(await scanned({ cache }))).toEqual(found(report));
  });

  test('stops at the first gate that is missed, be others open', async () => {
    const missed = await scanned({ thresholds: { worstCase: 0.8, robust: { fgsm: 0.6 } } });
    expect(missed.gates.map(({ status }) => status)).toEqual(['inconclusive', 'missed']);
    expect(missed).toMatchObject({ verdict: 'missed', sequential: { stopped: true } });
  });

  test('goes to the end where the truth is the floor, and leaves it open', async () => {
    const open = await scanned({ limit: 200, thresholds: { worstCase: 0.6 } });
    expect(open).toMatchObject({ verdict: 'inconclusive', sequential: { stopped: false, samples: 200, of: 200 }, request: { limit: 200, shuffle: true } });
  });

  test('does not call a class held that it has not seen', async () => {
    const only0 = { ...spread(), read: async function* (wanted?: (id: number) => boolean) {
      for await (const sample of spread().read(wanted)) if (sample.y === 0) yield sample;
    } };
    const held = await scanned({ data: only0, limit: 300, thresholds: { worstClass: 0.3 } });
    expect(held).toMatchObject({ verdict: 'held', sequential: { stopped: false } });
    expect((await scanned({ thresholds: { worstClass: 0.3 } })).sequential!.stopped).toBe(true);
  });

  test('does not trip over an example that it never comes to, but over one before', async () => {
    const at = (place: number) => ({ [selectedIds(spread(), { shuffle: true })[place]!]: 9 });
    const { samples } = report.sequential!;
    expect(figures(await scanned({ data: spread(at(samples + 1)) }))).toEqual(figures(report));
    await expect(scanned({ data: spread(at(samples - 1)) })).rejects.toThrow(/has label 9, expected 0 to 1/);
  });
});

describe('a sequential scan with one before it', () => {
  const before = (robust: (id: number) => boolean | undefined) => ({ thresholds: {}, scanBefore: { robust, maxRegression: 0.1 } });

  test('stops when it is settled that too much was lost', async () => {
    const { sequential, gates } = await scanned(before(() => true)); // two in five are lost
    expect(sequential!.stopped).toBe(true);
    expect(sequential!.samples).toBeLessThan(100);
    expect(gates).toEqual([]);
  });

  test('stops when it is settled that no more was lost than may be', async () => {
    expect((await scanned(before(() => false))).sequential!.samples).toBeLessThan(100);
  });

  test('waits for both, thresholds and loss', async () => {
    const { samples } = (await scanned()).sequential!;
    const both = await scanned({ ...before(() => false), thresholds: gated.thresholds });
    expect(both.sequential!.samples).toBeGreaterThanOrEqual(samples);
  });

  test('refuses an example that the one before does not know', async () => {
    await expect(scanned(before((id) => (id % 5 === 0 ? undefined : true)))).rejects.toThrow(/^sequential: expected examples that the baseline has too, found example \d+, which it has not/);
  });
});

test.each<[ScanRequest, RegExp]>([
  [{ thresholds: {} }, /^sequential: expected a threshold, such as atLeast, which says when it may stop, found none$/],
  [{ thresholds: { robust: {} } }, /^sequential: expected a threshold/],
  [{ shard: '1/2', out: 'nowhere', thresholds: {}, scanBefore: { robust: () => true, maxRegression: 0 } }, /^sequential: expected without shard/],
  [{ saveExamples: 2, out: 'nowhere' }, /^sequential: expected without saveExamples/],
  [{ skipUnreadable: true }, /^sequential: expected without skipUnreadable/],
])('%j is refused beside sequential', async (request, line) => {
  await expect(scanned(request)).rejects.toThrow(line);
});
