import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { RobustnessReport } from '../../src/core/report.ts';
import { readRecords } from '../../src/evaluate/records.ts';
import { compareScans } from '../../src/plan/compare/compareScans.ts';
import { merge } from '../../src/plan/shards/merge.ts';
import type { MergeRequest } from '../../src/plan/shards/merge.ts';
import type { ScanRequest } from '../../src/plan/plan.ts';
import { planOf } from '../../src/plan/plan.ts';
import { scan } from '../../src/plan/scan.ts';
import { scanText } from '../../src/report/text.ts';
import { firstPixels } from '../support/firstPixels.ts';
import { tinyPlace } from '../support/tinyPlace.ts';

const { folder, model, newFolder } = await tinyPlace();

/** Some are broken, some out of reach, every seventh is labelled wrongly. */
const data = firstPixels(Array.from({ length: 25 }, (_, id) => [(0.618 * id) % 1, Number((0.618 * id) % 1 > 0.5 !== (id % 7 === 0))]));
const plain = { data, attacks: 'fgsm,pgd(steps=3)', epsilon: 0.2, workers: 0, gallery: 4 } satisfies ScanRequest;

/** Scans the shards, and gives their folders. */
async function shardsOf(request: ScanRequest, of: number): Promise<string[]> {
  const shards = Array.from({ length: of }, (_, at) => ({ shard: `${at + 1}/${of}`, out: newFolder() }));
  for (const shard of shards) await scan({ ...plain, model, ...request, ...shard });
  return shards.map(({ out }) => out);
}

interface Left {
  readonly report: string;
  readonly text: string;
  readonly gallery: string;
}

/** What lies in a folder, but for timings. */
function leftIn(out: string): Left {
  const read = (name: string) => readFileSync(join(out, name), 'utf8');
  const report = read('report.json').replaceAll(/"seconds": [\d.e-]+/g, '"seconds": 0');
  return { report, text: scanText(JSON.parse(report) as RobustnessReport), gallery: read('gallery.json') };
}

type Judged = Pick<MergeRequest, 'atLeast' | 'thresholds' | 'confidence'>;

async function directAndMerged(request: ScanRequest, judged: Judged = {}, of = 2): Promise<{ direct: string; merged: string }> {
  const [direct, merged] = [newFolder(), newFolder()];
  await scan({ ...plain, model, ...request, ...judged, out: direct });
  await merge({ shards: await shardsOf(request, of), out: merged, ...judged });
  return { direct, merged };
}

/** A folder of images per class, one of which is none. */
async function imageFolder(): Promise<string> {
  const root = newFolder();
  for (const [id, value] of [40, 110, 120, 135, 150, 220, 100, 140].entries()) {
    const path = join(root, value > 127 ? 'light' : 'dark');
    mkdirSync(path, { recursive: true });
    await sharp({ create: { width: 3, height: 2, channels: 3, background: { r: value, g: value, b: value } } }).png().toFile(join(path, `${id}.png`));
  }
  writeFileSync(join(root, 'dark', 'broken.png'), 'no image');
  return root;
}

const groups = join(folder, 'groups.txt');
writeFileSync(groups, Array.from({ length: 25 }, (_, id) => `${['east', 'west'][id % 2]}\n`).join(''));

describe('a report merged from shards is the direct one, to the last byte but for timings:', () => {
  test.each<[string, ScanRequest, Judged?, number?]>([
    ['images', {}, {}, 3],
    ['from workers', { workers: 2, limit: 24 }, { atLeast: 0.1 }],
    ['a shuffled part, with thresholds', { shuffle: true, offset: 2, limit: 20, seed: 5 }, { thresholds: { worstCase: 0.4, clean: 0.5, robust: { pgd: 0.2 }, classGap: 0.9 }, confidence: 0.9 }],
    ['several epsilons', { epsilon: [0.05, 0.1, 0.2] }],
    ['a curve up to one, with an attack that looks for the smallest perturbation', { curve: true, attacks: 'fgsm,deepfool', norm: 'l2', limit: 9 }],
    ['autoattack', { attacks: 'autoattack', limit: 4, epsilon: 0.1 }],
    ['labels that the model gives', { labels: 'predicted' }],
    ['a target class, whose own examples are left out', { target: 1 }],
    ['groups', { groups }, { thresholds: { worstGroup: 0.1, groupGap: 0.9 } }],
  ])('%s', async (_, request, judged, of) => {
    const { direct, merged } = await directAndMerged(request, judged, of);
    expect(leftIn(merged)).toEqual(leftIn(direct));
  });

  test('images in folders, one of them unreadable', async () => {
    const { direct, merged } = await directAndMerged({ data: `images:${await imageFolder()}`, skipUnreadable: true });
    expect(leftIn(merged)).toEqual(leftIn(direct));
    expect(JSON.parse(leftIn(merged).report)).toMatchObject({ dataset: { classNames: ['dark', 'light'], unreadable: 1, examples: 8 } });
  });
});

describe('a merged folder', () => {
  let shards: string[];
  let direct: string;
  let merged: string;
  beforeAll(async () => {
    shards = await shardsOf({}, 2);
    [direct, merged] = [newFolder(), newFolder()];
    await scan({ ...plain, model, out: direct });
    await merge({ shards: shards.toReversed(), out: merged });
  });

  test('holds the records in the order of the examples, and the same scan goes on in it', async () => {
    const records = readRecords(join(merged, 'samples.jsonl'));
    expect(records.map(({ id, attack }) => `${id} ${attack}`)).toEqual(Array.from({ length: 25 }, (_, id) => [`${id} fgsm`, `${id} pgd(steps=3)`]).flat());
    const notes: string[] = [];
    await scan({ ...plain, model, out: merged }, { note: (line) => notes.push(line) });
    expect(notes[0]).toMatch(/^50 of 50 results were in/);
  });

  test('compares as any other scan', async () => {
    expect(await compareScans(direct, merged, { maxRegression: 0.2 })).toMatchObject({ verdict: 'held', worstCase: { lost: 0, won: 0 } });
  });

  test('can be merged into once more, which adds nothing', async () => {
    const before = readFileSync(join(merged, 'samples.jsonl'), 'utf8');
    await merge({ shards, out: merged });
    expect(readFileSync(join(merged, 'samples.jsonl'), 'utf8')).toBe(before);
  });

  test('has no gallery where the shards have none', async () => {
    const out = newFolder();
    await merge({ shards: await shardsOf({ gallery: 0, limit: 4 }, 2), out });
    expect(() => leftIn(out)).toThrow('gallery.json');
  });

  test('counts an example once that was tried twice', async () => {
    const [one, two] = [newFolder(), newFolder()];
    cpSync(shards[0]!, one, { recursive: true });
    const samples = join(one, 'samples.jsonl');
    writeFileSync(samples, readFileSync(samples, 'utf8').split('\n')[0]!.replace('"survived"', '"error"') + '\n' + readFileSync(samples, 'utf8'));
    await merge({ shards: [one, shards[1]!], out: two });
    expect(leftIn(two)).toEqual(leftIn(direct));
  });

  describe('is refused, in one line, where', () => {
    const complaint = (folders: readonly string[], out = newFolder()) => merge({ shards: folders, out }).catch((error: unknown) => (error instanceof UserError ? error.message : error));

    test('a shard is missing', async () => {
      const four = await shardsOf({ limit: 4 }, 4);
      expect(await complaint([four[2]!, four[0]!])).toBe('expected all 4 shards, found 2: 2/4, 4/4 missing');
    });

    test('one is there twice', async () => {
      const copy = newFolder();
      cpSync(shards[0]!, copy, { recursive: true });
      expect(await complaint([...shards, copy])).toBe(`${shards[0]} and ${copy}: expected each shard once, found 1/2 in both`);
      expect(await complaint([shards[0]!, shards[0]!])).toBe(`${shards[0]} and ${shards[0]}: expected each shard once, found 1/2 in both`);
    });

    test('they are of other scans', async () => {
      const [, seeded] = await shardsOf({ seed: 1 }, 2);
      expect(await complaint([shards[0]!, seeded!])).toBe(`${shards[0]} and ${seeded} are not of one scan: seed is 0 in the first, 1 in the second`);
      const [, shorter] = await shardsOf({ limit: 20 }, 2);
      expect(await complaint([shards[0]!, shorter!])).toBe(`${shards[0]} and ${shorter} are not of one scan: selection.limit is absent in the first, 20 in the second`);
      const [third] = await shardsOf({}, 3);
      expect(await complaint([...shards, third!])).toMatch(/are not of one scan: shards is [23] in the first, [23] in the second$/);
    });

    test('one has not ended, is a whole scan, or is none', async () => {
      const unfinished = newFolder();
      cpSync(shards[1]!, unfinished, { recursive: true });
      truncateSync(join(unfinished, 'samples.jsonl'), 900);
      expect(await complaint([shards[0]!, unfinished])).toMatch(/lacks an attack's record|holds \d+ examples, and report.json in it counts 12: run the shard again to its end$/);
      rmSync(join(unfinished, 'report.json'));
      expect(await complaint([shards[0]!, unfinished])).toBe(`${unfinished}: the scan in it has not ended: run it again to its end`);
      const whole = `${merged}: expected a shard, what scan --shard K/N makes, found a whole scan`;
      expect(await complaint([merged])).toBe(whole);
      expect(await complaint([newFolder()])).toMatch(/expected the folder of a scan, found nothing there$/);
      expect(await complaint([])).toBe('shards: expected the folders of all shards of a scan, found none');
    });

    test('what a shard ended with is damaged', async () => {
      const damaged = newFolder();
      cpSync(shards[1]!, damaged, { recursive: true });
      const path = join(damaged, 'shard.json');
      writeFileSync(path, readFileSync(path, 'utf8').replace('"engine"', '"motor"'));
      expect(await complaint([shards[0]!, damaged])).toBe(`${path}: expected what a shard ended with: facts.engine is missing`);
    });

    test('the folder to merge into is one of them', async () => {
      expect(await complaint(shards, shards[0])).toBe(`${shards[0]}: holds another scan: shard is "1/2" there, absent here; name another folder`);
    });

    test('a threshold fits nothing', async () => {
      await expect(merge({ shards, out: newFolder(), thresholds: { worstGroup: 0.5 } })).rejects.toThrow(/thresholds.worstGroup: expected together with groups/);
      await expect(merge({ shards, out: newFolder(), thresholds: { robust: { square: 0.5 } } })).rejects.toThrow(/unknown attack in thresholds.robust/);
    });
  });
});

describe('one shard', () => {
  test('claims nothing, and its report says what it is', async () => {
    const [first] = await shardsOf({ seed: 3 }, 2);
    expect(JSON.parse(leftIn(first!).report)).toMatchObject({ verdict: 'measured', gates: [], request: { shard: '1/2' }, dataset: { examples: 13 } });
    expect(leftIn(first!).text).toContain('first pixels (13 examples, shard 1/2)');
  });

  test('goes on in its folder, which another shard does not', async () => {
    const [first] = await shardsOf({}, 2);
    const before = leftIn(first!);
    truncateSync(join(first!, 'samples.jsonl'), 900);
    await scan({ ...plain, model, shard: '1/2', out: first! });
    expect(leftIn(first!)).toEqual(before);
    await expect(scan({ ...plain, model, shard: '2/2', out: first! })).rejects.toThrow('holds another scan: shard is "1/2" there, "2/2" here');
  });

  test('takes from the cache what the whole scan found', async () => {
    const [cache, out] = [newFolder(), newFolder()];
    const notes: string[] = [];
    await scan({ ...plain, model, cache, gallery: 0 });
    await scan({ ...plain, model, cache, shard: '1/2', out }, { note: (line) => notes.push(line) });
    expect(notes).toContainEqual(expect.stringMatching(/^26 of 26 results are from the cache/));
  });

  test('of which nothing is left cannot be scanned', async () => {
    await expect(scan({ ...plain, model, limit: 2, shard: '3/3', out: newFolder() })).rejects.toThrow('first pixels: expected examples to evaluate, found none in shard 3/3');
  });

  test.each<[ScanRequest, string]>([
    [{ shard: '0/4' }, "shard: expected K/N such as 2/4, the second of four, found '0/4'"],
    [{ shard: '5/4' }, "shard: expected K/N such as 2/4, the second of four, found '5/4'"],
    [{ shard: '2' }, "shard: expected K/N such as 2/4, the second of four, found '2'"],
    [{ shard: '1/2', checks: 'full' }, 'checks: expected standard with shard, as survivors are drawn from all shards, found full'],
    [{ shard: '1/2', atLeast: 0.4 }, 'atLeast: expected without shard, as only all shards together can be judged: give it to merge'],
    [{ shard: '1/2', thresholds: { clean: 0.4 } }, 'thresholds: expected without shard, as only all shards together can be judged: give it to merge'],
  ])('is refused as %o', (request, message) => {
    expect(() => planOf({ ...request, out: 'x' })).toThrow(new UserError(message));
  });

  test('needs a folder', () => {
    expect(() => planOf({ shard: '1/2' })).toThrow(new UserError('shard: expected together with out, the folder that merge takes, found no folder'));
  });
});
