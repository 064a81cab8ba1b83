import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { entryIn, isBaseline, readBaseline, writeBaseline } from '../../src/plan/baseline/baseline.ts';
import type { BaselineEntry } from '../../src/plan/baseline/baseline.ts';
import { baselineEntry } from '../../src/plan/baseline/baselineEntry.ts';
import { compareScans } from '../../src/plan/compare/compareScans.ts';
import { finishedScan } from '../../src/plan/records/finishedScan.ts';
import { packBits, packHex, packNumbers, unpackBits, unpackHex, unpackNumbers } from '../../src/plan/baseline/packed.ts';
import type { ScanRequest } from '../../src/plan/plan.ts';
import { scan } from '../../src/plan/scan.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';

/** As in compare.test.ts: under attack, the model after wins example 1; without, it loses example 2. */
const images = idxBytes([5, 2, 3], [255, 153, 102, 0, 255].flatMap((first) => [first, 128, 128, 128, 128, 128]));
const folder = folderWith({ images, labels: idxBytes([5], [1, 1, 0, 0, 0]) });
const data = `idx:${join(folder, 'images')},${join(folder, 'labels')}`;
const modelAt = (threshold: number) =>
  saveTinyModel(join(folder, `at-${threshold}`), { weights: [-1, 1, ...Array<number>(10).fill(0), threshold, -threshold] });
const [before, after] = [modelAt(0.5), modelAt(0.3)];
const asked = { data, epsilon: [0.05, 0.2, 0.35], attacks: 'fgsm,fmn,rotation-translation', workers: 0 } satisfies ScanRequest;

const at = (name: string) => join(folder, name);
const file = at('baseline.json');
const scanned = async (name: string, request: ScanRequest) => {
  await scan({ ...asked, out: at(name), ...request });
  return at(name);
};
const entryOf = (name: string, path = file) => baselineEntry(path, finishedScan(at(name)));

beforeAll(async () => {
  await scanned('before', { model: before });
  await scanned('after', { model: after });
  writeBaseline(file, new Map([['tiny', entryOf('before')]]));
});

describe('a baseline', () => {
  test('compares as the scan does that it was made of', async () => {
    const { before: told, ...comparison } = await compareScans(file, at('after'), { maxRegression: 0.5 });
    const { before: known, ...expected } = await compareScans(at('before'), at('after'), { maxRegression: 0.5 });
    expect(comparison).toEqual(expected);
    expect(comparison.worstCase).toMatchObject({ won: 0, lost: 1 }); // at 0.35
    const { seconds, model, engine, ...same } = known;
    expect(seconds).toBeGreaterThan(0);
    expect(told).toMatchObject({ ...same, model: { ...model, path: 'at-0.5' }, engine: { name: engine.name, version: engine.version } });
    expect(told).not.toHaveProperty('seconds');
  });

  test('is the same whatever the day, the batch and the order in which examples end', async () => {
    const reordered = at('reordered');
    cpSync(await scanned('again', { model: before, batchSize: 2 }), reordered, { recursive: true });
    const records = join(reordered, 'samples.jsonl');
    writeFileSync(records, `${readFileSync(records, 'utf8').trimEnd().split('\n').reverse().join('\n')}\n`);
    expect(entryOf('reordered')).toEqual(entryOf('before'));
  });

  test('names files as seen from where it lies', () => {
    mkdirSync(at('sub'), { recursive: true });
    expect(entryOf('before', join(at('sub'), 'b.json')).request).toMatchObject({ model: '../at-0.5', data: 'idx:../images,../labels', epsilon: asked.epsilon, seed: 0 });
  });

  test('takes 20 bytes for a sample', () => {
    const entry = entryOf('before');
    const grown = (count: number) => ({
      ...entry,
      samples: { ...entry.samples, ids: packNumbers(Array<number>(count).fill(1)), labels: packNumbers(Array<number>(count).fill(9)), examples: packHex(Array<string>(count).fill('0123456789abcdef')) },
      right: { clean: packBits(count, () => true), attacks: entry.right.attacks.map((rows) => rows.map(() => packBits(count, () => true))) },
    });
    const bytes = (count: number) => JSON.stringify(grown(count)).length;
    expect((bytes(2000) - bytes(1000)) / 1000).toBeLessThan(20);
  });

  test('says of itself what it is', () => {
    expect([file, join(before, 'model.json'), at('before'), at('nowhere')].map(isBaseline)).toEqual([true, false, false, false]);
  });
});

describe('what is no baseline of these samples is refused in one line', () => {
  const written = (name: string, change: (entry: BaselineEntry) => unknown) => {
    const path = at(`${name}.json`);
    writeBaseline(path, new Map([['tiny', change(entryOf('before')) as BaselineEntry]]));
    return path;
  };

  test.each<[string, (entry: BaselineEntry) => object]>([
    ['an outcome turned', (entry) => ({ ...entry, right: { ...entry.right, clean: packBits(5, () => true) } })],
    ['an outcome under attack turned', (entry) => ({ ...entry, right: { ...entry.right, attacks: entry.right.attacks.map((rows) => rows.map(() => packBits(5, () => false))) } })],
    ['outcomes under attack swapped, so that their sums stay', (entry) => ({ ...entry, right: { ...entry.right, attacks: entry.right.attacks.map((rows, at) => (at === 2 ? [packBits(5, (sample) => sample === 0 || sample === 2)] : rows)) } })],
    ['a sample twice', (entry) => ({ ...entry, samples: { ...entry.samples, ids: packNumbers([0, 1, 1, 1, 0]), examples: packHex(Array<string>(5).fill('0123456789abcdef')) } })],
    ['a worst case of its own', (entry) => ({ ...entry, report: { ...entry.report, worstCase: { ...entry.report.worstCase, robustAccuracy: 0.2 } } })],
    ['an attack short', (entry) => ({ ...entry, right: { ...entry.right, attacks: entry.right.attacks.slice(1) } })],
    ['a sample short', (entry) => ({ ...entry, samples: { ...entry.samples, ids: packNumbers([0, 1, 1, 1]) } })],
    ['a sample fewer than its report', (entry) => ({ ...entry, report: { ...entry.report, dataset: { ...entry.report.dataset, examples: 6 } } })],
    ['no base64', (entry) => ({ ...entry, samples: { ...entry.samples, labels: 'AQE*AAA=' } })],
  ])('%s', async (name, change) => {
    const path = written(name.replaceAll(' ', '-'), change);
    await expect(compareScans(path, at('after'))).rejects.toThrow(/#tiny: is damaged: its samples do not add up to its figures; breakwater check --update-baseline makes it anew$/);
  });

  test('half of it, and another JSON file', () => {
    const text = readFileSync(file, 'utf8');
    writeFileSync(at('half.json'), text.slice(0, text.length / 2));
    expect(() => readBaseline(at('half.json'))).toThrow(/half\.json: expected a baseline of breakwater check as JSON: [^\n]+$/);
    expect(() => readBaseline(join(before, 'model.json'))).toThrow('expected a baseline of breakwater check: kind is missing');
    for (const name of ['__proto__', 'constructor']) {
      const odd = at('odd.json');
      writeFileSync(odd, `{"kind": "breakwater baseline", "schemaVersion": 1, "scenarios": {"${name}": {}}}`);
      expect(() => readBaseline(odd)).toThrow(`${odd}: expected a baseline of breakwater check: scenarios.${name}.request is missing`);
    }
    expect(() => readBaseline(at('none.json'))).toThrow('expected a baseline of breakwater check, found nothing there');
  });

  test('another scenario', () => {
    expect(() => entryIn(file, readBaseline(file), 'tinny')).toThrow(`${file}: unknown scenario 'tinny': did you mean tiny? known are tiny; breakwater check --update-baseline adds it`);
  });

  test.each<[string, ScanRequest, string]>([
    ['fewer examples', { limit: 4 }, 'examples is 5 in the first, 4 in the second'],
    ['other examples', { offset: 0, data: '' }, 'data is "'],
    ['fewer attacks', { attacks: 'fgsm,fmn' }, 'attacks.4 is {'],
    ['fewer epsilons', { epsilon: [0.05, 0.35] }, 'attacks.1.'],
    ['gradients that pass rounding', { straightThrough: true }, 'straightThrough is absent in the first, true in the second'],
  ])('%s', async (name, request, line) => {
    const other = folderWith({ images: idxBytes([5, 2, 3], images.subarray(-30).map((value) => value ^ 1)), labels: idxBytes([5], [1, 1, 0, 0, 0]) });
    const elsewhere = request.data === '' ? { data: `idx:${join(other, 'images')},${join(other, 'labels')}` } : {};
    const out = await scanned(`other ${name}`, { model: after, ...request, ...elsewhere });
    await expect(compareScans(file, out)).rejects.toThrow(`cannot be compared: ${line}`);
  });
});

describe('packed lists', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 ** 40 })), fc.array(fc.boolean()), (numbers, bits) => {
        expect(unpackNumbers(packNumbers(numbers), numbers.length)).toEqual(numbers);
        const isSet = unpackBits(packBits(bits.length, (i) => bits[i]!), bits.length);
        expect(bits.map((_, i) => isSet?.(i))).toEqual(bits);
      }),
    );
    expect(unpackHex(packHex(['0123456789abcdef', 'fedcba9876543210']), 2, 16)).toEqual(['0123456789abcdef', 'fedcba9876543210']);
  });

  test('of another length are none', () => {
    expect([unpackNumbers(packNumbers([1, 2]), 3), unpackNumbers('gA==', 0), unpackBits('AQ==', 9), unpackBits('Ag==', 1), unpackHex('AA==', 2, 2)]).toEqual(Array(5).fill(undefined));
  });
});
