import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { openModel } from '../../models/index.ts';
import type { GalleryItem } from '../../src/core/result.ts';
import { readGallery } from '../../src/plan/gallery/galleryFile.ts';
import { galleryChoice, withinRoom } from '../../src/plan/gallery/galleryChoice.ts';
import { magnificationOf, scaledDown } from '../../src/plan/gallery/galleryImage.ts';
import type { ScanRequest } from '../../src/plan/plan.ts';
import { scan } from '../../src/plan/scan.ts';
import { digitsTest } from '../support/digits.ts';
import { firstPixels } from '../support/firstPixels.ts';
import { digitsTwin } from '../support/quantizedDigits.ts';
import { tableOf } from '../support/tableOf.ts';
import { tinyPlace } from '../support/tinyPlace.ts';

const { folder, model, newFolder } = await tinyPlace();
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Broken, out of reach, labelled wrongly, broken from below, broken by half of epsilon. */
const data = firstPixels([[0.6, 1], [1, 1], [0.9, 0], [0.35, 0], [0.55, 1]]);
const request = { data, attacks: 'fgsm,pgd(steps=3)', epsilon: 0.2, workers: 0, gallery: 9 } satisfies ScanRequest;

/** What the scan left in its folder. */
async function bytesOf(change: ScanRequest): Promise<string> {
  const out = change.out ?? newFolder();
  await scan({ ...request, model, ...change, out });
  return readFileSync(join(out, 'gallery.json'), 'utf8');
}
const itemsOf = (bytes: string) => (JSON.parse(bytes) as { items: GalleryItem[] }).items;
const byId = (items: readonly GalleryItem[]) => [...items].sort((a, b) => a.id - b.id);

describe('the gallery of a scan', () => {
  let whole: string;
  let items: GalleryItem[];
  beforeAll(async () => {
    whole = await bytesOf({});
    items = byId(itemsOf(whole));
  });

  test('shows the broken samples, each under the first attack that broke it, and what the model says of them', () => {
    expect(items.map(({ id }) => id)).toEqual([0, 3, 4]);
    const [item] = items;
    expect(item).toMatchObject({ id: 0, label: 1, attack: 'fgsm', norm: 'linf', epsilon: 0.2, clean: { prediction: 1 }, adversarial: { prediction: 0 } });
    expect(item?.distance).toBeCloseTo(0.2, 6);
    expect(item?.clean.confidence).toBeCloseTo(sigmoid(2 * 0.6 - 1), 4); // the logits are 0.5 - p and p - 0.5
    expect(item?.adversarial.confidence).toBeCloseTo(1 - sigmoid(2 * 0.4 - 1), 4);
  });

  test('shows them as grey PNGs in true size, and the change magnified around half grey', async () => {
    const pixels = async (png: string) => [...(await sharp(Buffer.from(png, 'base64')).toColourspace('b-w').raw().toBuffer())];
    const { image } = items[0]!;
    expect(image).toMatchObject({ width: 3, height: 2, magnification: 2 });
    expect(await pixels(image!.clean)).toEqual([153, 51, 102, 153, 204, 255]);
    expect(await pixels(image!.adversarial)).toEqual([102, 51, 102, 153, 204, 255]);
    expect(await pixels(image!.perturbation)).toEqual([Math.round(255 * 0.1), 128, 128, 128, 128, 128]);
  });

  test('is the same to the last byte from workers, in batches of one, and where all is recalled', async () => {
    const cache = newFolder();
    const out = newFolder();
    expect(await bytesOf({ workers: 2, cache, out })).toBe(whole);
    expect(await bytesOf({ batchSize: 1 })).toBe(whole);
    expect(await bytesOf({ cache })).toBe(whole);
    truncateSync(join(out, 'samples.jsonl'), 700);
    expect(await bytesOf({ out })).toBe(whole);
  });

  test('of several epsilons shows the smallest at which a sample broke', async () => {
    const several = byId(itemsOf(await bytesOf({ epsilon: [0.02, 0.1, 0.2] })));
    expect(several.map(({ id, attack, epsilon }) => [id, attack, epsilon])).toEqual([[0, 'fgsm', 0.2], [3, 'fgsm', 0.2], [4, 'fgsm', 0.1]]);
    expect(several[2]?.distance).toBeCloseTo(0.1, 6);
  });

  test('begins with those that were robust before', async () => {
    const regressed = itemsOf(await bytesOf({ robustBefore: new Set([1, 4]), gallery: 1 }));
    expect(regressed).toMatchObject([{ id: 4, regressed: true }]);
    expect(items.some((item) => 'regressed' in item)).toBe(false);
  });

  test('is not there while a scan is unfinished, and goes when none is asked for', async () => {
    const out = newFolder();
    const stopped = scan({ ...request, model, out }, { signal: AbortSignal.abort(new Error('enough')) });
    await expect(stopped).rejects.toThrow('enough');
    expect(existsSync(join(out, 'gallery.json'))).toBe(false);
    await bytesOf({ out });
    await scan({ ...request, model, out, gallery: 0 });
    expect(readGallery(out)).toBeUndefined();
  });

  test('takes a folder', async () => {
    const nowhere = scan({ ...request, model });
    await expect(nowhere).rejects.toThrow('gallery: expected together with out, the folder they go to, found 9 and no folder');
  });

  test('of a table names the columns that were changed, largest change first', async () => {
    const table = { ...tableOf('t', [2, 3, 1], [[Float32Array.of(0.6, 0.2, 0.4, 0.6, 0.8, 1), 1]]) };
    const names = ['age', 'b', 'c', 'd', 'e', 'f'];
    const columns = { names, immutable: new Uint8Array(6), integer: new Uint8Array(6) };
    const [item] = itemsOf(await bytesOf({ data: { ...table, columns } }));
    expect(item?.image).toBeUndefined();
    expect(item?.columns).toHaveLength(1);
    expect(item?.columns?.[0]).toEqual({ name: 'age', clean: Math.fround(0.6), adversarial: expect.closeTo(0.4, 6) as number });
  });

  test('of a model that draws random numbers is the same twice, and shows the mean of its draws', async () => {
    const path = join(folder, 'noisy.onnx');
    writeFileSync(path, (await digitsTwin('noisy')).bytes());
    const { images, labels } = await digitsTest();
    const rows = images.slice(0, 12).map((image, i) => [Float32Array.from(image, (value) => value / 16), labels[i]!] as const);
    const noisy = { model: await openModel(path), data: tableOf('digits', [8, 8, 1], rows), attacks: 'fgsm', epsilon: 0.1, gallery: 3 };
    const once = await bytesOf(noisy);
    expect(await bytesOf({ ...noisy, batchSize: 3 })).toBe(once);
    for (const { label, clean, adversarial } of itemsOf(once)) {
      expect(clean.prediction).toBe(label);
      expect(adversarial.prediction).not.toBe(label);
      expect(adversarial.confidence).toBeGreaterThan(0.1);
    }
    noisy.model.close();
  });
});

describe('which of the broken are shown', () => {
  const broken = Array.from({ length: 60 }, (_, id) => ({ id, attack: 'fgsm' }));

  test('hangs on a draw for each: those of a part are in the same order, and other seeds show others', () => {
    const all = galleryChoice(broken, { seed: 0, count: 60 });
    const odd = galleryChoice(broken.filter(({ id }) => id % 2 === 1), { seed: 0, count: 60 });
    expect(all.filter(({ id }) => id % 2 === 1)).toEqual(odd);
    expect(galleryChoice(broken, { seed: 0, count: 5 })).toEqual(all.slice(0, 5));
    expect(galleryChoice(broken, { seed: 1, count: 60 })).not.toEqual(all);
  });

  test('ends where there is no more room', () => {
    const item = { id: 0, label: 0, attack: 'x'.repeat(600_000), norm: 'linf', epsilon: 1, distance: 1, clean: { prediction: 0, confidence: 1 }, adversarial: { prediction: 1, confidence: 1 } } satisfies GalleryItem;
    expect(withinRoom([item, item, item])).toHaveLength(2);
  });
});

describe('the picture of a change', () => {
  test.each([[0.6, 1], [0.5, 1], [0.2, 2], [0.1, 5], [8 / 255, 10], [0.01, 50], [1 / 255, 100]])('of %f is magnified %d times', (change, times) => {
    expect(magnificationOf(Float32Array.of(0, -change))).toBe(times);
  });

  test('loses no pixel when it is scaled down', () => {
    const change = new Float32Array(224 * 224 * 3);
    change[(101 * 224 + 77) * 3 + 1] = -0.5;
    const scaled = scaledDown(change, [224, 224, 3], [128, 128]);
    expect(scaled.reduce((sum, value) => sum + value, 0)).toBe(-0.5);
    expect(scaled[(57 * 128 + 44) * 3 + 1]).toBe(-0.5); // 101·128/224 = 57.7, 77·128/224 = 44
  });
});
