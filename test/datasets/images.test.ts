import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { openDataset, select } from '../../datasets/index.ts';
import type { ReaderOptions } from '../../src/core/dataset.ts';
import { UserError } from '../../src/core/errors.ts';
import { collect, folderWith } from './idxFiles.ts';

const [red, green, blue] = [{ r: 255, g: 0, b: 0 }, { r: 0, g: 255, b: 0 }, { r: 0, g: 0, b: 255 }];
const tan = { r: 200, g: 100, b: 50 };
const tanLuma = 124; // 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2
const shape = [1, 2, 3];

function solid(background: { r: number; g: number; b: number; alpha?: number }, width = 4, height = 4): Sharp {
  return sharp({ create: { width, height, channels: background.alpha === undefined ? 3 : 4, background } });
}

/** A folder with these files below it; a number is an image all of that grey. */
async function tree(files: Readonly<Record<string, Sharp | Buffer | string | number>>): Promise<string> {
  const root = folderWith({});
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), await bytesOf(content));
  }
  return root;
}

async function bytesOf(content: Sharp | Buffer | string | number): Promise<Buffer | string> {
  if (typeof content === 'string' || Buffer.isBuffer(content)) return content;
  return typeof content === 'number' ? solid({ r: content, g: content, b: content }).png().toBuffer() : content.toBuffer();
}

async function read(root: string, options: ReaderOptions = {}) {
  const dataset = await openDataset(`images:${root}`, { shape, ...options });
  const samples = await collect(dataset.read());
  const bytes = samples.map(({ x }) => [...x.data].map((value) => Math.round(value * 255)));
  return { dataset, samples, bytes, order: samples.map(({ id, y }) => [id, y]) };
}

describe('images reads', () => {
  test('a folder per class, the first of each, the second of each, and so on', async () => {
    const { dataset, order, bytes, samples } = await read(await tree({ 'b/2.png': 4, 'b/10.png': 3, 'a/x.png': 0, 'c/1.png': 5, 'b/1.png': 2, 'c/2.png': 6 }));
    expect(dataset).toMatchObject({ kind: 'image', shape, count: 6, bounds: { lower: 0, upper: 1 }, classNames: ['a', 'b', 'c'], notes: [] });
    expect(order).toEqual([[0, 0], [1, 1], [2, 2], [3, 1], [4, 2], [5, 1]]);
    expect(bytes.map(([first]) => first)).toEqual([0, 2, 5, 3, 6, 4]);
    expect(samples[3]?.x.shape).toEqual(shape);
    expect(samples[3]?.x.get(0, 1, 2)).toBe(Math.fround(3 / 255));
  });

  test('classes in the order of a file, with a line for those without a folder', async () => {
    const root = await tree({ 'a/1.png': 1, 'b/1.png': 2, 'classes.txt': 'b\nbird\n\na\r\n' });
    const { dataset, order } = await read(root, { classes: join(root, 'classes.txt'), classCount: 3 });
    expect(dataset.classNames).toEqual(['b', 'bird', 'a']);
    expect(order).toEqual([[0, 0], [1, 2]]);
    expect(dataset.notes).toEqual([`${root}: no folder for 1 of 3 classes (bird)`, `${root}: ignored, as no image of a class: 1 (classes.txt)`]);
  });

  test('a folder without classes, where the model gives the labels', async () => {
    const root = await tree({ 'b.png': 2, 'a.png': 1, 'notes.txt': '' });
    const { dataset, bytes } = await read(root, { unlabelled: true });
    expect(bytes.map(([first]) => first)).toEqual([1, 2]);
    expect(dataset).toMatchObject({ count: 2, notes: [`${root}: ignored, as no image: 1 (notes.txt)`] });
    expect(await openDataset(root, { shape, unlabelled: true })).toMatchObject({ spec: `images:${root}` });
    await expect(openDataset(root, { shape })).rejects.toThrow('found images but no folder; --labels predicted does without classes');
  });

  test('image files alone, and says what it passes over; hidden files do not count', async () => {
    const root = await tree({ 'a/1.PNG': 1, 'a/.DS_Store': '', 'a/notes.txt': '', 'a/old/1.png': 9, '.git/config': '', 'stray.png': 9, 'a/2.svg': '<svg/>' });
    const { dataset, order } = await read(root);
    expect(order).toEqual([[0, 0]]);
    expect(dataset.notes).toEqual([`${root}: ignored, as no image of a class: 4 (stray.png, ${join('a', 'old')}, ${join('a', '2.svg')}, ${join('a', 'notes.txt')})`]);
  });

  test('through links to folders and files', async () => {
    const elsewhere = await tree({ 'real/1.png': 7 });
    const root = await tree({ 'b/1.png': 8 });
    symlinkSync(join(elsewhere, 'real'), join(root, 'a'));
    symlinkSync(join(elsewhere, 'real/1.png'), join(root, 'b/2.png'));
    expect((await read(root)).bytes.map(([first]) => first)).toEqual([7, 8, 7]);
  });

  test('a path without a reader, where its folders hold images', async () => {
    const root = await tree({ 'a/1.jpg': 1 });
    expect(await openDataset(root, { shape })).toMatchObject({ spec: `images:${root}`, count: 1 });
    await expect(openDataset(await tree({ 'a/1.txt': 1 }), { shape })).rejects.toThrow('does not tell its reader');
  });

  test.each<[string, Sharp, number[], number]>([
    ['PNG', solid(tan).png(), [200, 100, 50], tanLuma],
    ['PNG with a palette', solid(tan).png({ palette: true }), [200, 100, 50], tanLuma],
    ['PNG of 16 bits', solid(tan).toColourspace('rgb16').png(), [200, 100, 50], tanLuma],
    ['grey PNG', solid({ r: 90, g: 90, b: 90 }).toColourspace('b-w').png(), [90, 90, 90], 90],
    ['grey PNG of 16 bits', solid({ r: 90, g: 90, b: 90 }).toColourspace('grey16').png(), [90, 90, 90], 90],
    ['PNG with alpha, on black', solid({ ...tan, alpha: 0.5 }).png(), [100, 50, 25], 62],
    ['grey PNG with alpha, on black', solid({ r: 90, g: 90, b: 90, alpha: 0.5 }).toColourspace('b-w').png(), [45, 45, 45], 45],
    ['JPEG', solid(tan).jpeg({ quality: 100 }), [200, 100, 50], tanLuma],
    ['CMYK JPEG', solid({ r: 255, g: 255, b: 255 }).toColourspace('cmyk').jpeg({ quality: 100 }), [255, 255, 255], 255],
    ['WebP', solid(tan).webp({ lossless: true }), [200, 100, 50], tanLuma],
    ['GIF', solid(tan).gif(), [200, 100, 50], tanLuma],
    ['TIFF', solid(tan).tiff(), [200, 100, 50], tanLuma],
  ])('%s as colours and as grey', async (_, image, colour, luma) => {
    const root = await tree({ 'a/1.png': image });
    expect((await read(root, { shape: [1, 1, 3] })).bytes[0]).toEqual(near(colour));
    expect((await read(root, { shape: [1, 1, 1] })).bytes[0]).toEqual(near([luma]));
    expect((await read(root, { shape: [1, 1] })).samples[0]?.x.shape).toEqual([1, 1, 1]);
  });

  test('luma of pure colours as PIL computes it', async () => {
    const { bytes } = await read(await tree({ 'a/1.png': solid(red).png(), 'b/1.png': solid(green).png(), 'c/1.png': solid(blue).png() }), { shape: [1, 1, 1] });
    expect(bytes).toEqual([[76], [150], [29]]);
  });

  test('upright: EXIF orientation 6 turns the left to the top', async () => {
    const wide = sharp({ create: { width: 8, height: 4, channels: 3, background: red } }).composite([{ input: await solid(blue).png().toBuffer(), left: 4, top: 0 }]);
    const turned = await wide.png().toBuffer();
    const root = await tree({ 'a/1.jpg': sharp(turned).withMetadata({ orientation: 6 }).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }) });
    const [upright] = (await read(root, { shape: [8, 4, 3] })).samples;
    const at = (y: number, x: number) => [0, 1, 2].map((channel) => Math.round(255 * upright!.x.get(y, x, channel)));
    expect([at(0, 0), at(0, 3), at(7, 0), at(7, 3)]).toEqual([near([255, 0, 0]), near([255, 0, 0]), near([0, 0, 255]), near([0, 0, 255])]);
  });

  test('stretched to the shape: nothing is cut off, smaller pictures grow', async () => {
    const blueEnds = await solid(blue, 200, 20).composite([{ input: await solid(red, 120, 20).png().toBuffer(), left: 40, top: 0 }]).png().toBuffer();
    const { bytes } = await read(await tree({ 'a/1.png': blueEnds, 'a/2.png': solid(green, 1, 1).png() }), { shape: [1, 10, 3] });
    const blueOf = (row: number[]) => row.filter((_, i) => i % 3 === 2);
    expect(blueOf(bytes[0]!).map((value) => value > 127)).toEqual([true, true, ...Array<boolean>(6).fill(false), true, true]);
    expect(bytes[1]).toEqual(Array.from({ length: 10 }, () => [0, 255, 0]).flat());
  });

  test('in order however long each takes to decode', async () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`a/${String(i).padStart(2, '0')}.png`, i % 3 === 0 ? solid({ r: i, g: i, b: i }, 1500, 1500).png() : i]));
    expect((await read(await tree(files))).bytes.map(([first]) => first)).toEqual([...Array(12).keys()]);
  });
});

/** JPEG and CMYK are not exact. */
function near(bytes: readonly number[]): unknown[] {
  return bytes.map((byte): unknown => expect.toSatisfy((value: number) => Math.abs(value - byte) <= 2));
}

describe('images that cannot be decoded', () => {
  const damaged = () => tree({ 'a/1.png': 1, 'a/2.png': 2, 'b/1.png': 'no image', 'b/2.png': 4 });

  test('end the reading at their turn', async () => {
    const root = await damaged();
    const dataset = await openDataset(root, { shape });
    const seen: number[] = [];
    const line = `${join(root, 'b/1.png')}: expected an image, found what sharp cannot decode: Input file contains unsupported image format; --skip-unreadable leaves such files out`;
    await expect((async () => {
      for await (const { id } of dataset.read()) seen.push(id);
    })()).rejects.toThrow(new UserError(line));
    expect(seen).toEqual([0]);
  });

  test('are left out and counted where the user says so; the ids of the others stay', async () => {
    const root = await damaged();
    const { dataset, order } = await read(root, { skipUnreadable: true });
    expect([order, dataset.count, dataset.skipped?.()]).toEqual([[[0, 0], [2, 0], [3, 1]], 4, 1]);
    writeFileSync(join(root, 'b/1.png'), await bytesOf(9));
    expect([(await collect(dataset.read())).length, dataset.skipped?.()]).toEqual([4, 0]);
  });

  test('take their place in a limit, an offset and a shuffle, so that parts make up the whole', async () => {
    const dataset = await openDataset(await damaged(), { shape, skipUnreadable: true });
    const ids = async (selection: Parameters<typeof select>[1]) => (await collect(select(dataset, selection))).map(({ id }) => id);
    expect([await ids({ limit: 2 }), dataset.skipped?.()]).toEqual([[0], 1]);
    expect([await ids({ offset: 2 }), dataset.skipped?.()]).toEqual([[2, 3], 0]);
    for (const seed of [0, 1, 2, 3]) {
      const whole = await ids({ shuffle: true, seed });
      expect(whole.toSorted()).toEqual([0, 2, 3]);
      expect([...(await ids({ shuffle: true, seed, limit: 2 })), ...(await ids({ shuffle: true, seed, offset: 2 }))]).toEqual(whole);
    }
  });

  test('end it after all where there is no other', async () => {
    const root = await tree({ 'a/1.png': '', 'a/2.png': 'x' });
    await expect(read(root, { skipUnreadable: true })).rejects.toThrow(new UserError(`images:${root}: expected images that can be decoded, found none among 2`));
  });

  test('are not opened where they are not wanted', async () => {
    const dataset = await openDataset(await damaged(), { shape });
    expect((await collect(dataset.read((id) => id !== 1))).map(({ id }) => id)).toEqual([0, 2, 3]);
  });
});

describe('images refuses, in one line that names the file, what was expected and what was found:', () => {
  async function complaint(root: string, options: ReaderOptions = {}): Promise<string> {
    const error: unknown = await read(root, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }

  const bad = resolve(import.meta.dirname, '../fixtures/bad/images');
  const endings = '.jpg, .jpeg, .jpe, .jfif, .png, .webp, .gif, .tif, .tiff, .avif';
  const undecoded = (file: string, reason: string) =>
    `FOLDER/cat/${file}: expected an image, found what sharp cannot decode: ${reason}; --skip-unreadable leaves such files out`;
  const lines: Readonly<Record<string, string>> = {
    bomb: undecoded('1.png', 'it has more than 67 million pixels'),
    cut: undecoded('1.jpg', 'VipsJpeg: premature end of JPEG image'),
    'cut-png': undecoded('1.png', 'vipspng: libpng read error'),
    'empty-class': `FOLDER/dog: expected images (${endings}), found none`,
    'empty-file': undecoded('1.png', 'Input file contains unsupported image format'),
    flat: 'FOLDER: expected a folder of images per class, found images but no folder; --labels predicted does without classes',
    nothing: 'FOLDER: expected a folder of images per class, found no folder',
    'one-too-high': `FOLDER/test: expected images (${endings}), found only cat (is images:FOLDER/test meant?)`,
    'other-format': `FOLDER/cat: expected images (${endings}), found only 1.bmp, 2.heic`,
    text: undecoded('1.jpg', 'Input file contains unsupported image format'),
  };

  test.each(readdirSync(bad))('%s', async (name) => {
    expect((await complaint(join(bad, name))).replaceAll(join(bad, name), 'FOLDER')).toBe(lines[name]);
  });

  test('a missing folder, and a file', async () => {
    const root = await tree({ 'a/1.png': 1 });
    expect(await complaint(join(root, 'absent'))).toBe(`${join(root, 'absent')}: expected a folder with a folder of images per class, found no folder`);
    expect(await complaint(join(root, 'a/1.png'))).toBe(`${join(root, 'a/1.png')}: expected a folder with a folder of images per class, found no folder`);
  });

  test('classes that do not fit', async () => {
    const root = await tree({ 'cat/1.png': 1, 'dog/1.png': 1, 'names': 'cat\nbird\n', 'twice': 'cat\ndog\ncat\n', 'blank': '\n' });
    const at = (name: string) => join(root, name);
    expect(await complaint(root, { classes: at('names') })).toBe(`${at('dog')}: expected a class of ${at('names')} (cat, bird), found 'dog'`);
    expect(await complaint(root, { classes: at('twice') })).toBe(`${at('twice')}: expected each class once, found 'cat' again`);
    expect(await complaint(root, { classes: at('blank') })).toBe(`${at('blank')}: expected class names, one per line, found none`);
    expect(await complaint(root, { classes: at('absent') })).toBe(`${at('absent')}: no such file`);
    expect(await complaint(root, { classCount: 10 })).toBe(
      `${root}: expected 10 class folders as the model has 10 classes, found 2 (cat, dog); --classes FILE names the classes of the model`,
    );
    writeFileSync(at('names'), 'cat\ndog\n');
    expect(await complaint(root, { classes: at('names'), classCount: 3 })).toBe(`${at('names')}: expected 3 class names as the model has 3 classes, found 2 (cat, dog)`);
  });

  test('a model that takes no images, and none at all', async () => {
    const root = await tree({ 'a/1.png': 1 });
    const line = (found: string) => `images:${root}: expected a model that takes images, [height, width, 1 or 3], found one that takes ${found}`;
    expect(await complaint(root, { shape: [784] })).toBe(line('[784]'));
    expect(await complaint(root, { shape: [28, 28, 4] })).toBe(line('[28, 28, 4]'));
    expect(await complaint(root, { shape: [8, 28, 28, 3] })).toBe(line('[8, 28, 28, 3]'));
    await expect(openDataset(`images:${root}`)).rejects.toThrow(
      new UserError(`images:${root}: expected the shape that images are resized to, found none (openDataset(spec, { shape: [height, width, channels] }))`),
    );
  });

  test('a file that goes away between opening and reading', async () => {
    const root = await tree({ 'a/1.png': 1 });
    cpSync(join(root, 'a'), join(root, 'b'), { recursive: true });
    const dataset = await openDataset(root, { shape });
    rmSync(join(root, 'b/1.png'));
    await expect(collect(dataset.read())).rejects.toThrow(`${join(root, 'b/1.png')}: expected an image, found what sharp cannot decode: Input file is missing`);
  });
});
