import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sample } from '../../src/core/sample.ts';
import { readRecords } from '../../src/evaluate/records.ts';
import type { SavedModel } from '../../src/graph/model.ts';
import { openDataset, openModel, scan } from '../../src/index.ts';
import type { ScanRequest } from '../../src/index.ts';
import { exampleNames } from '../../src/plan/records/exampleNames.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';
import { firstPixels } from '../support/firstPixels.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));

let model: SavedModel;
beforeAll(async () => {
  model = await openModel(saveTinyModel(join(folder, 'model')));
});
afterAll(() => model.close());

/** Broken, survived, labelled wrongly, and beyond those that are saved. */
const data = firstPixels([[0.6, 1], [1, 1], [0.9, 0], [0.55, 1], [0.45, 0]]);
const plain = { data, attacks: 'fgsm,bim(steps=3)', epsilon: 0.2 } satisfies ScanRequest;
const request = { ...plain, saveExamples: 3 };
const files = (out: string) => {
  const examples = join(out, 'examples');
  return Object.fromEntries(readdirSync(examples).sort().map((name) => [name, readFileSync(join(examples, name)).toString('base64')]));
};

/** The one example of a file that was saved, as the reader of .npz files has it. */
async function saved(path: string, label = 'y'): Promise<Sample> {
  for await (const sample of (await openDataset(`npz:${path},x,${label}`)).read()) return sample;
  throw new Error('no example');
}

describe('examples that are saved', () => {
  const out = join(folder, 'out');
  const at = (name: string) => join(out, 'examples', name);
  beforeAll(() => scan({ ...request, model, workers: 0, out }));

  test('are the first ones, clean and as each attack left them; a misclassified one is not attacked', () => {
    const names = ['0-bim-steps=3', '0-clean', '0-fgsm', '1-bim-steps=3', '1-clean', '1-fgsm', '2-clean'];
    expect(Object.keys(files(out))).toEqual(names.flatMap((name) => [`${name}.npz`, `${name}.png`]));
  });

  test('are read back from .npz to the last bit, with label and prediction', async () => {
    const clean = await saved(at('0-clean.npz'));
    expect([...clean.x.data]).toEqual([0.6, 0.2, 0.4, 0.6, 0.8, 1].map(Math.fround));
    expect(clean.x.shape).toEqual([2, 3, 1]);
    expect([clean.y, (await saved(at('0-clean.npz'), 'prediction')).y]).toEqual([1, 1]);
    const attacked = await saved(at('0-fgsm.npz'));
    expect(attacked.x.data[0]).toBeCloseTo(0.4, 6);
    expect([attacked.y, (await saved(at('0-fgsm.npz'), 'prediction')).y]).toEqual([1, 0]);
    expect((await saved(at('1-fgsm.npz'), 'prediction')).y).toBe(1);
    expect([(await saved(at('2-clean.npz'))).y, (await saved(at('2-clean.npz'), 'prediction')).y]).toEqual([0, 1]);
  });

  test('are grey PNGs in true size', async () => {
    const { data: pixels, info } = await sharp(at('0-fgsm.png')).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 3, height: 2, channels: 1 });
    expect([...pixels]).toEqual([102, 51, 102, 153, 204, 255]);
    expect(await sharp(at('0-fgsm.png')).metadata()).toMatchObject({ format: 'png', channels: 1, depth: 'uchar' });
  });

  test('are PNGs in colour where the model takes colours', async () => {
    const coloured = join(folder, 'coloured');
    const colours = await openModel(saveTinyModel(join(folder, 'colour-model'), { inputShape: [1, 2, 3] }));
    await scan({ ...request, model: colours, data: { ...data, shape: [1, 2, 3] }, attacks: 'fgsm', workers: 0, out: coloured, saveExamples: 1 });
    const { data: pixels, info } = await sharp(join(coloured, 'examples', '0-clean.png')).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 2, height: 1, channels: 3 });
    expect([...pixels]).toEqual([153, 51, 102, 153, 204, 255]);
    colours.close();
  });

  test('are the same from worker threads', async () => {
    const threaded = join(folder, 'threaded');
    await scan({ ...request, model, workers: 2, out: threaded });
    expect(files(threaded)).toEqual(files(out));
  });

  test('are the same after a crash at any point, and no record is there twice', async () => {
    const resumed = join(folder, 'resumed');
    await scan({ ...request, model, workers: 0, out: resumed });
    const whole = readFileSync(join(resumed, 'samples.jsonl'), 'utf8').split('\n');
    for (const lines of [0, 1, 4, 9]) {
      writeFileSync(join(resumed, 'samples.jsonl'), whole.slice(0, lines).map((line) => `${line}\n`).join(''));
      for (const lost of ['0-fgsm.npz', '1-bim-steps=3.png', '1-bim-steps=3.npz', '2-clean.npz']) rmSync(join(resumed, 'examples', lost));
      await scan({ ...request, model, workers: 0, out: resumed });
      expect(files(resumed)).toEqual(files(out));
      const keys = readRecords(join(resumed, 'samples.jsonl')).map(({ id, attack }) => `${id} ${attack}`);
      expect([keys.length, new Set(keys).size]).toEqual([10, 10]);
    }
  });

  test('come too when they are asked for afterwards', async () => {
    const later = join(folder, 'later');
    await scan({ ...plain, model, workers: 0, out: later });
    await scan({ ...request, model, workers: 0, out: later });
    expect(files(later)).toEqual(files(out));
  });

  test('of a table are .npz only', async () => {
    const table = join(folder, 'table');
    await scan({ ...request, data: { ...data, kind: 'table' }, model, workers: 0, out: table, saveExamples: 1 });
    expect(Object.keys(files(table))).toEqual(['0-bim-steps=3.npz', '0-clean.npz', '0-fgsm.npz']);
  });

  test('leave nothing behind when the data turns out to be unusable', async () => {
    const refused = join(folder, 'refused');
    const late = firstPixels([...new Array<[number, number]>(200).fill([0.6, 1]), [0.6, 2]]);
    await expect(scan({ ...request, data: late, model, workers: 0, batchSize: 1, out: refused })).rejects.toThrow(/example 200 has label 2/);
    expect(readdirSync(folder)).not.toContain('refused');
  });

  test('that cannot be written take no result along, and the same scan goes on', async () => {
    const full = join(folder, 'full');
    const inTheWay = join(full, 'examples', '1-fgsm.npz');
    mkdirSync(join(inTheWay, 'something'), { recursive: true });
    await expect(scan({ ...request, model, workers: 0, out: full })).rejects.toThrow(/full\/examples: cannot be written: E.*; what is in it is whole, and the same command goes on from there$/);
    expect(readRecords(join(full, 'samples.jsonl')).map(({ id }) => id)).toContain(0);
    rmSync(inTheWay, { recursive: true });
    await scan({ ...request, model, workers: 0, out: full });
    expect(files(full)).toEqual(files(out));
  });
});

describe('names of files', () => {
  test('hold nothing that a system would not take, and are all different', () => {
    const labels = ['fgsm', 'pgd(steps=100,restarts=5)', 'fgsm#2', 'mine(path=../../etc)', 'clean', 'FGSM', 'a/b', 'a:b'];
    const names = exampleNames(labels);
    expect(names).toEqual(['fgsm', 'pgd-steps=100-restarts=5', 'fgsm-2', 'mine-path=..-..-etc', 'clean-2', 'FGSM-3', 'a-b', 'a-b-2']);
  });

  test('are not too long', () => {
    const [first = '', second = ''] = exampleNames([`a(${'b'.repeat(400)})`, `a(${'b'.repeat(400)}c)`]);
    expect(first.length).toBe(100);
    expect(second).toBe(`${first}-2`);
  });
});
