import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ndarray from 'ndarray';
import { beforeAll, describe, expect, test } from 'vitest';
import { unitBounds } from '../../src/core/bounds.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import { randomOf } from '../../src/core/random.ts';
import { readRecords } from '../../src/evaluate/records.ts';
import { scan, Unfinished } from '../../src/index.ts';
import type { RobustnessReport, ScanRequest } from '../../src/index.ts';
import { tinyPlace } from '../support/tinyPlace.ts';
import { withoutSeconds } from '../support/withoutSeconds.ts';

const { folder, model, newFolder } = await tinyPlace();
/** The model's answer hangs on the first pixel, which is spread over [0, 1] here; `change` of that of one example. */
const spread = (change: Partial<Record<number, number>> = {}): Dataset => ({
  spec: 'spread',
  shape: [2, 3, 1],
  kind: 'image',
  bounds: unitBounds,
  count: 600,
  async *read() {
    for (let id = 0; id < 600; id++) {
      const first = change[id] ?? (0.618 * id) % 1;
      yield await Promise.resolve({ id, x: ndarray(Float32Array.of(first, 0.5, 0.5, 0.5, 0.5, 0.5), [2, 3, 1]), y: Number(first > 0.5 !== (id % 9 === 0)) });
    }
  },
});
const small = { data: spread(), limit: 24, attacks: 'fgsm,pgd(steps=5)', epsilon: 0.05, workers: 0 } satisfies ScanRequest;
const samples = (out: string) => join(out, 'samples.jsonl');
const recordsIn = (out: string) => readRecords(samples(out)).sort((a, b) => a.id - b.id || a.attack.localeCompare(b.attack));

/** The report, how many results were run and not recalled, and what was noted. */
async function scanned(request: ScanRequest): Promise<{ report: RobustnessReport; run: number; notes: string[] }> {
  const notes: string[] = [];
  let done = 0;
  const report = await scan({ ...small, model, ...request }, { note: (line) => notes.push(line), progress: (at) => (done = at.done) });
  const recalled = notes.map((line) => Number(/^(\d+) of \d+ results (?:were in|are from)/.exec(line)?.[1] ?? 0)).reduce((a, b) => a + b, 0);
  return { report: withoutSeconds(report), run: done - recalled, notes };
}

describe('a scan goes on in its folder', () => {
  const whole = newFolder();
  let expected: RobustnessReport;
  beforeAll(async () => {
    expected = (await scanned({ out: whole })).report;
  });

  /** A folder as a killed scan leaves it: the first `bytes` of its records, and no report. */
  function cutOff(bytes: number): string {
    const out = newFolder();
    mkdirSync(out);
    writeFileSync(join(out, 'scan.json'), readFileSync(join(whole, 'scan.json')));
    writeFileSync(samples(out), readFileSync(samples(whole)).subarray(0, bytes));
    return out;
  }

  test('to the same report and records, wherever it was cut off, also inside a line', async () => {
    const { size } = statSync(samples(whole));
    const random = randomOf(0, 'cuts');
    for (const bytes of [0, 1, size - 1, ...Array.from({ length: 5 }, () => random.integer(size))]) {
      const out = cutOff(bytes);
      const kept = readRecords(samples(out)).length;
      const { report, run } = await scanned({ out });
      expect(report).toEqual(expected);
      expect(recordsIn(out)).toEqual(recordsIn(whole));
      expect(run).toBe(48 - kept);
      expect(withoutSeconds(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')))).toEqual(expected);
    }
  });

  test('and runs only the attacks that a sample still needs', async () => {
    const out = cutOff(statSync(samples(whole)).size);
    const lines = readFileSync(samples(out), 'utf8').trimEnd().split('\n');
    writeFileSync(samples(out), lines.filter((line) => line.includes('"fgsm"')).join('\n') + '\n');
    const { report, run } = await scanned({ out });
    expect(run).toBe(24);
    expect(report).toEqual(expected);
    expect(recordsIn(out)).toEqual(recordsIn(whole));
  });

  test('and tries again what ended in an error', async () => {
    const out = cutOff(statSync(samples(whole)).size);
    const failed = readFileSync(samples(out), 'utf8').replace(/"outcome":"(broken|survived)"/, '"outcome":"error","error":"out of memory"');
    writeFileSync(samples(out), failed);
    const { report, run } = await scanned({ out });
    expect(run).toBe(1);
    expect(report).toEqual(expected);
    expect((await scanned({ out })).run).toBe(0);
  });

  test('in worker threads as well', async () => {
    const out = cutOff(statSync(samples(whole)).size / 2);
    const { report } = await scanned({ out, workers: 2 });
    expect(report).toEqual(expected);
    expect(recordsIn(out)).toEqual(recordsIn(whole));
  });

  test('with nothing to run when it had come to its end', async () => {
    const { report, run, notes } = await scanned({ out: whole });
    expect(run).toBe(0);
    expect(report).toEqual(expected);
    expect(notes).toContain(`48 of 48 results were in ${samples(whole)} already`);
    expect(readdirSync(whole).sort()).toEqual(['report.json', 'samples.jsonl', 'scan.json']);
  });

  test('to more examples when a larger limit is asked for', async () => {
    const out = newFolder();
    await scanned({ out, limit: 10 });
    const { report, run } = await scanned({ out });
    expect(run).toBe(2 * 14);
    expect(report).toEqual(expected);
  });

  test('after it was stopped', async () => {
    const out = newFolder();
    const abort = new AbortController();
    const stopped = scan({ ...small, model, out }, { progress: ({ done }) => done >= 7 && abort.abort(new Error('enough')), signal: abort.signal });
    await expect(stopped).rejects.toThrow('enough');
    expect(existsSync(join(out, 'report.json'))).toBe(false);
    expect((await scanned({ out })).report).toEqual(expected);
  });

  test.each<[string, ScanRequest, string]>([
    ['the epsilon', { epsilon: 0.1 }, 'epsilon is 0.05 there, 0.1 here'],
    ['the seed', { seed: 3 }, 'seed is 0 there, 3 here'],
    ['an option', { attacks: 'fgsm,pgd(steps=6)' }, 'attacks.1.label is "pgd(steps=5)" there, "pgd(steps=6)" here'],
    ['the attacks', { attacks: 'fgsm,pgd(steps=5),bim' }, 'attacks.2 is absent there, {'],
    ['a target', { target: 1 }, 'target is absent there, 1 here'],
    ['the order', { shuffle: true }, 'order.shuffle is false there, true here'],
  ])('but not with %s of another scan', async (_, change, difference) => {
    const before = readFileSync(samples(whole));
    await expect(scan({ ...small, model, out: whole, ...change })).rejects.toThrow(`${whole}: holds another scan: ${difference}`);
    expect(readFileSync(samples(whole))).toEqual(before);
    expect(readdirSync(whole).sort()).toEqual(['report.json', 'samples.jsonl', 'scan.json']);
  });

  test('but not where the verdicts would be those of another original', async () => {
    const out = cutOff(100);
    const begun = readFileSync(join(out, 'scan.json'), 'utf8');
    writeFileSync(join(out, 'scan.json'), begun.replace(/"original": "[^"]+"/, '"original": "TF.js 3.0.0 (wasm)"'));
    await expect(scanned({ out })).rejects.toThrow(`${out}: holds another scan: original is "TF.js 3.0.0 (wasm)" there, "TF.js `);
  });

  test('but not when its records are nobody’s, or its plan cannot be read', async () => {
    const out = cutOff(100);
    writeFileSync(join(out, 'scan.json'), '{');
    await expect(scanned({ out })).rejects.toThrow(`${join(out, 'scan.json')}: expected JSON that says which scan is here`);
    rmSync(join(out, 'scan.json'));
    await expect(scanned({ out })).rejects.toThrow(`${samples(out)}: expected ${join(out, 'scan.json')} beside it`);
    expect(statSync(samples(out)).size).toBe(100);
  });

  test('but not over a line that is no record', async () => {
    const out = cutOff(400);
    truncateSync(samples(out), 0);
    writeFileSync(samples(out), 'torn\n');
    await expect(scanned({ out })).rejects.toThrow(`${samples(out)}: line 1 is not a record`);
  });
});

describe('what was found out about an example', () => {
  test('is refused in a folder when the example has changed', async () => {
    const out = newFolder();
    await scanned({ out, data: spread() });
    await expect(scanned({ out, data: spread({ 7: 0.05 }) })).rejects.toThrow(
      `${samples(out)}: holds records of other data: example 7 has changed since; name another folder`,
    );
    expect(readRecords(samples(out))).toHaveLength(48);
  });

  test('is not taken from the cache when the example has changed', async () => {
    const cache = newFolder();
    const first = await scanned({ cache, data: spread() });
    expect(first.run).toBe(48);
    expect((await scanned({ cache, data: spread() })).run).toBe(0);
    const changed = await scanned({ cache, data: spread({ 7: 0.05 }) });
    expect(changed.run).toBe(2);
    expect(changed.report).toEqual((await scanned({ data: spread({ 7: 0.05 }) })).report);
  });
});

describe('the cache', () => {
  const cache = newFolder();
  let first: RobustnessReport;
  beforeAll(async () => {
    first = (await scanned({ cache })).report;
  });

  test('answers the same scan, and says so', async () => {
    const { report, run, notes } = await scanned({ cache });
    expect(run).toBe(0);
    expect(report).toEqual(first);
    expect(notes).toContain(`48 of 48 results are from the cache (${cache}); --no-cache runs them again`);
  });

  test('can be interrupted while it answers', async () => {
    const abort = new AbortController();
    const stopped = scan({ ...small, model, cache }, { progress: ({ done }) => done >= 7 && abort.abort(new Error('enough')), signal: abort.signal });
    await expect(stopped).rejects.toThrow('enough');
  });

  test('answers the part of another scan that is the same: an attack however it is written, other examples', async () => {
    expect((await scanned({ cache, attacks: 'pgd(steps=5,restarts=1)' })).run).toBe(0);
    expect((await scanned({ cache, attacks: 'bim(steps=3),fgsm' })).run).toBe(24);
    expect((await scanned({ cache, attacks: 'fgsm', offset: 4, limit: 22 })).run).toBe(2);
  });

  test('does not answer for another epsilon, seed or norm', async () => {
    for (const change of [{ epsilon: 0.06 }, { seed: 1 }, { norm: 'l2', epsilon: 0.2 }] as const) {
      expect((await scanned({ cache, limit: 3, ...change })).run).toBe(6);
    }
  });

  test('fills a folder, which is whole without it', async () => {
    const out = newFolder();
    expect((await scanned({ cache, out })).run).toBe(0);
    expect((await scanned({ out })).run).toBe(0);
  });

  test('loses a line to a crash, not more', async () => {
    const torn = newFolder();
    await scanned({ cache: torn });
    for (const name of readdirSync(torn)) truncateSync(join(torn, name), statSync(join(torn, name)).size - 9);
    const { run, report } = await scanned({ cache: torn });
    expect(run).toBe(2);
    expect(report).toEqual(first);
    expect((await scanned({ cache: torn })).run).toBe(0);
  });

  test('serves two scans at once', async () => {
    const shared = newFolder();
    const [a, b] = await Promise.all([scanned({ cache: shared }), scanned({ cache: shared })]);
    expect([a.report, b.report]).toEqual([first, first]);
    expect((await scanned({ cache: shared })).run).toBe(0);
  });

  test('is used also where a file has just gone', async () => {
    const shared = newFolder();
    mkdirSync(shared);
    symlinkSync(join(shared, 'gone'), join(shared, 'removed.jsonl'));
    await scanned({ cache: shared });
    expect((await scanned({ cache: shared })).run).toBe(0);
  });

  test('that cannot be used stops no scan', async () => {
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    const { report, notes } = await scanned({ cache: file });
    expect(report).toEqual(first);
    expect(notes.join('\n')).toMatch(/^the cache is not used: EEXIST/m);
  });

  test('is not there unless asked for', async () => {
    expect((await scanned({})).run).toBe(48);
  });
});

test('a time limit ends a scan without a report; what it found out is kept', async () => {
  const out = newFolder();
  const long = { ...small, model, limit: 500, attacks: 'fgsm,pgd(steps=3000,stopWhenFooled=false)', out };
  const ended = scan({ ...long, timeLimit: 1.5 });
  await expect(ended).rejects.toThrow(/^time is up (after \d+ of 1000 results, no report; they are in .*: run the same command again to go on from there|: nothing was run yet)$/);
  await expect(ended).rejects.toBeInstanceOf(Unfinished);
  expect(existsSync(join(out, 'report.json'))).toBe(false);
  await expect(scan({ ...small, model, timeLimit: 'soon' })).rejects.toThrow("timeLimit: expected a time such as 90s, 10m or 1.5h, found 'soon'");
});
