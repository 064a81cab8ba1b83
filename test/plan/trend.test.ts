import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Trend } from '../../src/core/trend.ts';
import { scan } from '../../src/plan/scan.ts';
import { trend } from '../../src/plan/trend.ts';
import { trendPage } from '../../src/report/trend/trendPage.ts';
import { trendText } from '../../src/report/trend/trendText.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';
import { hostileNames } from '../report/exampleResults.ts';

/** As in test/plan/compare.test.ts, 40 times over: of five examples one is won under attack, and one lost without. */
const firsts = Array.from({ length: 40 }, () => [255, 153, 102, 0, 255]).flat();
const images = idxBytes([200, 2, 3], firsts.flatMap((first) => [first, 128, 128, 128, 128, 128]));
const labels = idxBytes([200], Array.from({ length: 40 }, () => [1, 1, 0, 0, 0]).flat());
const folder = folderWith({ images, labels });
const data = `idx:${join(folder, 'images')},${join(folder, 'labels')}`;
const at = (name: string) => join(folder, name);
const modelAt = (threshold: number) => saveTinyModel(at(`at-${threshold}`), { weights: [-1, 1, ...Array<number>(10).fill(0), threshold, -threshold] });

let found: Trend;

beforeAll(async () => {
  const asked = { data, epsilon: 0.2, attacks: 'fgsm', workers: 0 } as const;
  await scan({ ...asked, model: modelAt(0.5), out: at('one') });
  await scan({ ...asked, model: modelAt(0.3), limit: 100, out: at('fewer') });
  await scan({ ...asked, model: modelAt(0.3), out: at('two') });
  found = await trend(['one', 'fewer', 'two'].map(at));
}, 60_000);

describe('a trend', () => {
  test('is what its published schema says', () => {
    const schema = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../docs/trend.schema.json'), 'utf8')) as object;
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    validate(JSON.parse(JSON.stringify(found)));
    expect(validate.errors).toBeNull();
  });

  test('has the figures of each release', () => {
    expect(found.releases.map(({ source, clean, worstCase }) => [source, clean.accuracy, worstCase?.accuracy])).toEqual([
      [at('one'), 0.8, 0.4],
      [at('fewer'), 0.6, 0.6],
      [at('two'), 0.6, 0.6],
    ]);
    const [one] = found.releases;
    expect(one!.attacks).toEqual([{ attack: 'fgsm', accuracy: 0.4, interval: one!.worstCase!.interval }]);
  });

  test('compares each with the last before it that was scanned alike, pair by pair, and says why others are not joined', () => {
    const [one, fewer, two] = found.releases;
    expect([one, fewer, two].map((release) => release!.series)).toEqual([1, 2, 1]);
    expect([one!.change, fewer!.change]).toEqual([undefined, undefined]);
    expect(two!.change).toMatchObject({ since: 1, clean: { change: -0.2, won: 0, lost: 40 }, worstCase: { change: 0.2, won: 40, lost: 0 } });
    expect(two!.change!.worstCase!.p).toBeCloseTo(2 ** -39, 15);
    expect(fewer!.unlike).toMatch(/cannot be compared: examples is 200 in the first, 100 in the second$/);
  });

  test('is a line for each release, and bars', () => {
    const lines = trendText(found).split('\n');
    expect(lines[1]).toMatch(/^1 {2}.*one +\S*at-0\.5 \(\w{8}\) +A +80\.0 % +40\.0 % +40\.0 % +33\.2–47\.1 %$/);
    expect(lines[3]).toMatch(/^3 {2}.*two .* \+20\.0 +\+14\.\d to \+26\.\d +< 0\.001$/);
    expect(lines.slice(5, 9)).toEqual(['clean, series A       ▇ ▅', 'worst case, series A  ▄ ▅', 'clean, series B        ▅', 'worst case, series B   ▅']);
    expect(trendText(found)).toMatch(/^warn {2}release 2 is not joined to the one before it: /m);
  });

  test('is one page with a chart, without a script', async () => {
    const page = await trendPage(found);
    expect(page).toMatch(/Worst case: 40\.0\s% at release 1, 60\.0\s% at release 2 and 60\.0\s% at release 3\./);
    expect(page.match(/<svg aria-hidden="true"/g)).toHaveLength(2);
    expect(page).toContain('<bdi>worst case, series B</bdi>');
    expect(page).not.toMatch(/<script|<(link|img)[^>]+(href|src)="http/);
  });

  test('is built alike whatever names hold', async () => {
    const [one] = found.releases;
    const named = (name: string) => ({ ...one!, source: name, model: { path: name, sha256: name }, attacks: [{ ...one!.attacks[0]!, attack: name }], unlike: name, failedChecks: [{ id: name, title: name }] });
    const hostile = { ...found, releases: hostileNames.map(named) };
    const plain = { ...found, releases: hostileNames.map((_, i) => named(`plain ${i}`)) };
    expect(trendText(hostile).split('\n')).toHaveLength(trendText(plain).split('\n').length);
    expect(trendText(hostile)).not.toMatch(/[\u001b\u202e\u009b\u0000\r]|^\s*::|##\[/m); // eslint-disable-line no-control-regex
    const tagsOf = (page: string) => [...page.matchAll(/<(\/?[\w-]+)/g)].map(([, tag]) => tag);
    expect(tagsOf(await trendPage(hostile))).toEqual(tagsOf(await trendPage(plain)));
  });

  test.each<[string[], string]>([
    [[], 'trend: expected at least two scans, found none'],
    [['one'], 'trend: expected at least two scans, found only '],
    [['one', 'at-0.5'], 'expected the folder of a scan, found no report.json in it'],
  ])('of %j is refused', async (names, line) => {
    await expect(trend(names.map(at))).rejects.toThrow(line);
  });
});
