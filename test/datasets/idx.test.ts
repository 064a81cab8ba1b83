import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { byteStream, pieces } from '../../datasets/byteStream.ts';
import { openDataset, readers } from '../../datasets/index.ts';
import { UserError } from '../../src/core/errors.ts';
import { collect, folderWith, idxBytes, threeImages, threeLabels } from './idxFiles.ts';

function pair(images: Buffer, labels: Buffer, ending = ''): { folder: string; images: string; labels: string; spec: string } {
  const folder = folderWith({ [`images${ending}`]: images, [`labels${ending}`]: labels });
  const [imagesPath, labelsPath] = [join(folder, `images${ending}`), join(folder, `labels${ending}`)];
  return { folder, images: imagesPath, labels: labelsPath, spec: `idx:${imagesPath},${labelsPath}` };
}

describe('idx reads', () => {
  test.each(['', '.gz'])('a pair of files%s: bytes over 255 as [H, W, 1], labels in step', async (ending) => {
    const dataset = await openDataset(pair(threeImages, threeLabels, ending).spec);
    expect(dataset).toMatchObject({ kind: 'image', shape: [2, 3, 1], count: 3, bounds: { lower: 0, upper: 1 } });
    const samples = await collect(dataset.read());
    expect(samples.map(({ id, y }) => [id, y])).toEqual([[0, 2], [1, 0], [2, 1]]);
    expect(samples[1]?.x.shape).toEqual([2, 3, 1]);
    expect(samples[1]?.x.data).toEqual(Float32Array.from([6, 7, 8, 9, 10, 11], (byte) => byte / 255));
    expect(samples[1]?.x.get(1, 0, 0)).toBe(Math.fround(9 / 255));
  });

  test('colour images of four dimensions as [H, W, C]', async () => {
    const { spec } = pair(idxBytes([2, 1, 2, 3], Array(12).keys()), idxBytes([2], [0, 1]));
    const [, second] = await collect((await openDataset(spec)).read());
    expect(second?.x.shape).toEqual([1, 2, 3]);
    expect(second?.x.get(0, 1, 2)).toBe(Math.fround(11 / 255));
  });

  test.each(['t10k-images-idx3-ubyte.gz', 'train-images.idx3-ubyte'])('a folder with a usual name (%s) and class names', async (name) => {
    const labels = name.replace('images', 'labels').replace('idx3', 'idx1');
    const folder = folderWith({ [name]: threeImages, [labels]: threeLabels, 'classes.txt': 'cat\ndog\nbird\n' });
    expect(await openDataset(folder)).toMatchObject({ spec: `idx:${folder}`, count: 3, classNames: ['cat', 'dog', 'bird'] });
    expect(await openDataset(join(folder, name))).toMatchObject({ count: 3 });
  });

  test('the test set of a folder that holds both', async () => {
    const train = { 'train-images-idx3-ubyte': threeImages, 'train-labels-idx1-ubyte': threeLabels };
    const held = { 't10k-images-idx3-ubyte': idxBytes([1, 1, 1], [7]), 't10k-labels-idx1-ubyte': idxBytes([1], [0]) };
    expect(await openDataset(folderWith({ ...train, ...held }))).toMatchObject({ count: 1 });
  });

  test('from the start each time it is read', async () => {
    const dataset = await openDataset(pair(threeImages, threeLabels).spec);
    for await (const { id } of dataset.read()) if (id === 1) break;
    expect((await collect(dataset.read())).map(({ id }) => id)).toEqual([0, 1, 2]);
  });

  test('pieces across the borders of what the file system delivers, and no further than asked', async () => {
    let delivered = 0;
    async function* chunks(): AsyncGenerator<Buffer> {
      await Promise.resolve();
      for (const chunk of [[0, 1, 2], [3], [4, 5, 6, 7, 8, 9], [10]]) {
        delivered++;
        yield Buffer.from(chunk);
      }
    }
    expect((await collect(pieces(chunks(), 3, 1))).map((piece) => [...piece])).toEqual([[1, 2, 3], [4, 5, 6], [7, 8, 9], [10]]);
    delivered = 0;
    const [first] = [await pieces(chunks(), 2, 1).next()];
    expect([...(first.value as Buffer), delivered]).toEqual([1, 2, 1]);
  });

  test('the bytes of a gzipped file that arrive in many chunks', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
    const path = join(folderWith({ 'x.gz': bytes }), 'x.gz');
    const chunks = await collect(byteStream(path));
    expect(chunks.length).toBeGreaterThan(2);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });
});

describe('idx refuses, in one line that names the file, what was expected and what was found:', () => {
  async function complaint(spec: string): Promise<string> {
    const error: unknown = await openDataset(spec).then(
      () => 'nothing was thrown',
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }

  test('images and labels swapped', async () => {
    const { images, labels } = pair(threeImages, threeLabels);
    expect(await complaint(`idx:${labels},${images}`)).toBe(`${labels}: expected magic 0x803 or 0x804, found 0x801 (are these the labels?)`);
    expect(await complaint(`idx:${images},${images}`)).toBe(`${images}: expected magic 0x801, found 0x803 (are these the images?)`);
  });

  test('another format', async () => {
    const { images, spec } = pair(Buffer.from('\x89PNG, not IDX'), threeLabels);
    expect(await complaint(spec)).toBe(`${images}: expected magic 0x803 or 0x804, found 0xc289504e`);
  });

  test('counts that differ', async () => {
    const { images, labels, spec } = pair(threeImages, idxBytes([2], [0, 1]));
    expect(await complaint(spec)).toBe(`${images}: 3 images but 2 labels in ${labels}`);
  });

  test('a truncated file', async () => {
    const { images, spec } = pair(threeImages, threeLabels);
    truncateSync(images, 16 + 17);
    expect(await complaint(spec)).toBe(`${images}: truncated: expected 34 bytes for 3 images of 2×3, found 33`);
    truncateSync(images, 10);
    expect(await complaint(spec)).toBe(`${images}: truncated: expected a header of 16 bytes, found 10`);
    truncateSync(images, 0);
    expect(await complaint(spec)).toBe(`${images}: truncated: expected magic 0x803 or 0x804, found 0 bytes`);
  });

  test('a truncated gzip file, wherever it breaks off', async () => {
    const noise = Array.from({ length: 9 * 1000 }, (_, i) => (i * 7919) % 256);
    const { images, spec } = pair(idxBytes([9, 10, 100], noise), idxBytes([9], Array(9).keys()), '.gz');
    const whole = readFileSync(images);
    writeFileSync(images, whole.subarray(0, whole.length - 4));
    expect(await complaint(spec)).toBe(`${images}: truncated gzip data`);
    writeFileSync(images, whole.subarray(0, whole.length / 2));
    expect(await complaint(spec)).toMatch(/: truncated: expected 9016 bytes for 9 images of 10×100, found \d+$/);
  });

  test('damaged gzip data', async () => {
    const { images, spec } = pair(threeImages, threeLabels, '.gz');
    const damaged = gzipSync(threeImages);
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 7) ^ 0xff, damaged.length - 7);
    writeFileSync(images, damaged);
    expect(await complaint(spec)).toBe(`${images}: damaged gzip data`);
  });

  test('bytes after the end', async () => {
    const { labels, spec } = pair(threeImages, Buffer.concat([threeLabels, Buffer.of(9)]));
    expect(await complaint(spec)).toBe(`${labels}: trailing bytes: expected 11 bytes for 3 labels, found 12`);
  });

  test('a file that shrinks between opening and reading', async () => {
    const { labels, spec } = pair(threeImages, threeLabels);
    const dataset = await openDataset(spec);
    truncateSync(labels, 8 + 2);
    await expect(collect(dataset.read())).rejects.toThrow(new UserError(`${labels}: shorter than when it was opened`));
  });

  test('an empty set', async () => {
    const { images, spec } = pair(idxBytes([0, 2, 3], []), idxBytes([0], []));
    expect(await complaint(spec)).toBe(`${images}: expected at least one of the images, found 0 images of 2×3`);
  });

  test('a missing file, and a folder in its place', async () => {
    const { folder, images, labels, spec } = pair(threeImages, threeLabels);
    expect(await complaint(`idx:${folder},${labels}`)).toBe(`${folder}: expected a file, found a folder`);
    rmSync(labels);
    expect(await complaint(spec)).toBe(`${labels}: no such file`);
    rmSync(images);
    expect(await complaint(spec)).toBe(`${images}: no such file`);
  });

  test('a path that names neither two files nor a folder', async () => {
    const { images, folder } = pair(threeImages, threeLabels);
    expect(await complaint(`idx:${images}`)).toBe(`idx:${images}: expected IMAGES,LABELS or a folder that holds both`);
    expect(await complaint('idx:a,b,c')).toBe('idx:a,b,c: expected IMAGES,LABELS, found 3 paths');
    expect(await complaint(`idx:${folder}`)).toBe(
      `idx:${folder}: expected one pair of IDX files, found no file named like t10k-images-idx3-ubyte.gz; write idx:IMAGES,LABELS`,
    );
    expect(await complaint(folder)).toBe(`${folder}: expected READER:PATH, as the path does not tell its reader (${Object.keys(readers).join(', ')})`);
  });

  test('an unknown reader, split or path', async () => {
    expect(await complaint('idxx:a,b')).toMatch(/^unknown reader 'idxx': did you mean idx\? known are idx, /);
    expect(await complaint('fashion-mnist:tset')).toBe("unknown split of fashion-mnist 'tset': did you mean test? known are test, train");
    expect(await complaint('no/such/folder')).toBe('no/such/folder: no such file or folder');
  });
});
