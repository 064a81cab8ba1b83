import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openDataset } from '../../datasets/index.ts';
import { UserError } from '../../src/core/errors.ts';
import { collect, folderWith } from './idxFiles.ts';
import { npyBytes, zipBytes } from './npyFiles.ts';

const fixtures = resolve(import.meta.dirname, '../fixtures');
const x = npyBytes('<f4', [3, 2], Float32Array.of(0, 0.25, 0.5, 0.75, 1, 0));
const y = npyBytes('|u1', [3], Uint8Array.of(2, 0, 1));

function npzFile(content: Buffer): string {
  return join(folderWith({ 'set.npz': content }), 'set.npz');
}

describe('npz reads', () => {
  test.each([true, false])('arrays x and y (deflated: %s)', async (deflate) => {
    const file = npzFile(zipBytes({ 'y.npy': y, 'x.npy': x, 'notes.txt': Buffer.from('hello') }, { deflate }));
    const dataset = await openDataset(file);
    expect(dataset).toMatchObject({ spec: `npz:${file}`, kind: 'table', shape: [2], count: 3 });
    const samples = await collect(dataset.read());
    expect(samples.map(({ id, x, y }) => [id, [...x.data], y])).toEqual([[0, [0, 0.25], 2], [1, [0.5, 0.75], 0], [2, [1, 0], 1]]);
  });

  test('arrays of other names', async () => {
    const file = npzFile(zipBytes({ 'x_train.npy': y, 'x_test.npy': x, 'y_test.npy': y }));
    const dataset = await openDataset(`${file},x_test,y_test`);
    expect((await collect(dataset.read())).map(({ y }) => y)).toEqual([2, 0, 1]);
  });

  test('what NumPy itself wrote, compressed and stored', async () => {
    const compressed = await collect((await openDataset(join(fixtures, 'numpy/compressed.npz'))).read());
    expect(compressed.flatMap(({ x }) => [...x.data])).toEqual(Array.from({ length: 36 }, (_, i) => i / 64));
    expect(compressed.map(({ y }) => y)).toEqual([2, 0, 1]);
    const stored = await collect((await openDataset(`${join(fixtures, 'numpy/stored.npz')},x_test,y_test`)).read());
    expect(stored[1]?.x.shape).toEqual([2, 2, 1]);
    expect([...stored[1]!.x.data]).toEqual([80, 100, 120, 140].map((byte) => Math.fround(byte / 255)));
    expect(stored.map(({ y }) => y)).toEqual([2, 0, 1]);
  });

  test('arrays longer than a piece of a stream, from the start each time', async () => {
    const value = (position: number) => ((position * position) % 251) / 251;
    const dataset = await openDataset(manyExamples(value));
    for await (const { id } of dataset.read()) if (id === 1) break;
    let read = 0;
    for await (const { id, x } of dataset.read()) if (id === read && x.get(3) === Math.fround(value(8 * id + 3))) read++;
    expect(read).toBe(20_000);
  });

  test.skipIf(!existsSync('/proc/self/fd'))('and leaves no file open when it is left early', async () => {
    const dataset = await openDataset(manyExamples((position) => position % 2));
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let round = 0; round < 5; round++) for await (const { id } of dataset.read()) if (id === 1) break;
    await vi.waitFor(() => expect(open()).toBeLessThanOrEqual(before));
  });

  /** 20,000 examples of 8 values. */
  function manyExamples(value: (position: number) => number): string {
    const x = npyBytes('<f4', [20_000, 8], Float32Array.from({ length: 160_000 }, (_, position) => value(position)));
    return npzFile(zipBytes({ 'x.npy': x, 'y.npy': npyBytes('|u1', [20_000], new Uint8Array(20_000)) }));
  }
});

describe('npz refuses, in one line that names the file, what was expected and what was found:', () => {
  async function complaint(spec: string): Promise<string> {
    const error: unknown = await openDataset(spec).then((dataset) => collect(dataset.read())).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }

  const bad = join(fixtures, 'bad/npz');
  const noEnd = 'damaged zip file: End of central directory record signature not found. Either not a zip file, or file is truncated.';
  const lines: Readonly<Record<string, string>> = {
    'bomb.npz': 'FILE/x.npy: expected at most 83592 bytes from 81 compressed ones, found 3221225600: a zip bomb',
    'bzip2.npz': 'FILE/x.npy: expected an entry that is stored or deflated, found compression method 12',
    'changed-byte.npz': 'FILE/x.npy: damaged: expected checksum 0x50aa7442, found 0x9c0074dc',
    'cut.npz': `FILE: ${noEnd}`,
    'damaged-deflate.npz': 'FILE/x.npy: damaged zip file: invalid block type',
    'directory-past-the-end.npz': 'FILE: damaged zip file: it points to byte 9223372036854776000 of 542',
    'encrypted.npz': 'FILE/x.npy: expected an entry without encryption, found an encrypted one',
    'fewer-than-claimed.npz': 'FILE/x.npy: damaged zip file: not enough bytes in the stream. expected 192. got only 176',
    'more-than-the-shape.npz': 'FILE/x.npy: trailing bytes: expected 176 bytes for float32 [3, 4], found 5000176',
    'no-arrays.npz': 'FILE: expected arrays x and y, found none; npz:FILE,NAME,NAME reads others',
    'no-zip.npz': `FILE: ${noEnd}`,
    'objects.npz': 'FILE/x.npy: expected numbers, found Python objects: a pickle, which is never loaded',
    'other-arrays.npz': 'FILE: expected arrays x and y, found train, test; npz:FILE,NAME,NAME reads others',
    'outside.npz': 'FILE: damaged zip file: invalid relative path: ../x.npy',
    'twice.npz': 'FILE: expected x.npy once, found it again',
  };

  test.each(readdirSync(bad))('%s', async (name) => {
    expect((await complaint(`npz:${join(bad, name)}`)).replace(join(bad, name), 'FILE')).toBe(lines[name]);
  });

  test('a name that is not there, a missing file, and a folder', async () => {
    const file = npzFile(zipBytes({ 'x.npy': x, 'y.npy': y }));
    expect(await complaint(`${file},x,labels`)).toBe(`${file}: expected arrays x and labels, found x, y; npz:FILE,NAME,NAME reads others`);
    expect(await complaint('npz:absent.npz')).toBe('absent.npz: no such file');
    const folder = folderWith({});
    expect(await complaint(`npz:${folder}`)).toBe(`${folder}: expected a file, found a folder`);
  });
});

test('a mutated zip of arrays ends in examples or in one line, never in a crash', async () => {
  const files = { 'x.npy': x, 'y.npy': y };
  const folder = folderWith({});
  const outcomes = { read: 0, refused: 0 };
  for (let seed = 0; seed < 100; seed++) {
    const bytes = Buffer.from(zipBytes(files, { deflate: seed % 2 === 0 }));
    for (let change = 0; change < 1 + (seed % 3); change++) {
      const random = ((seed * 2654435761 + change * 40503) >>> 0) / 2 ** 32;
      bytes[Math.floor(random * bytes.length)]! ^= 1 << (seed + change) % 8;
    }
    const file = join(folder, `${seed}.npz`);
    writeFileSync(file, seed % 10 === 0 ? bytes.subarray(0, bytes.length - (seed % 97)) : bytes);
    const outcome: unknown = await openDataset(file).then((dataset) => collect(dataset.read())).catch((error: unknown) => error);
    if (Array.isArray(outcome)) outcomes.read++;
    else outcomes.refused++;
    if (!Array.isArray(outcome)) expect(outcome, `seed ${seed}`).toBeInstanceOf(UserError);
  }
  // Names, dates and the like may change without harm.
  expect(outcomes.refused).toBeGreaterThan(50);
});
