import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDataset } from '../../datasets/index.ts';
import type { ReaderOptions } from '../../src/core/dataset.ts';
import { UserError } from '../../src/core/errors.ts';
import { collect, folderWith } from './idxFiles.ts';
import { npyBytes, npySpec } from './npyFiles.ts';

const labels = npyBytes('|u1', [3], Uint8Array.of(2, 0, 1));
const fixtures = resolve(import.meta.dirname, '../fixtures');

async function read(x: Buffer, y: Buffer, options: ReaderOptions = {}) {
  const dataset = await openDataset(npySpec(x, y).spec, options);
  const samples = await collect(dataset.read());
  return { dataset, rows: samples.map(({ x }) => [...x.data]), ys: samples.map(({ y }) => y), samples };
}

/** 0 to 5 in [3, 2], in the two orders of bytes where they differ. */
const six = [0, 1, 2, 3, 4, 5];
const rowsOfSix = [[0, 1], [2, 3], [4, 5]];
const dtypes: [string, ArrayBufferView][] = [
  ['<f4', Float32Array.from(six)],
  ['<f8', Float64Array.from(six)],
  ['|i1', Int8Array.from(six)],
  ['<i2', Int16Array.from(six)],
  ['<i4', Int32Array.from(six)],
  ['<i8', BigInt64Array.from(six, BigInt)],
  ['|u1', Uint8Array.from(six)],
  ['<u2', Uint16Array.from(six)],
  ['<u4', Uint32Array.from(six)],
  ['<u8', BigUint64Array.from(six, BigInt)],
  ['<f2', Uint16Array.of(0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500)],
];

function bigEndian([descr, data]: [string, ArrayBufferView]): [string, ArrayBufferView] {
  const bytes = Buffer.from(data.buffer.slice(0) as ArrayBuffer);
  const swap = { 2: () => bytes.swap16(), 4: () => bytes.swap32(), 8: () => bytes.swap64() }[descr.at(-1)!];
  return swap ? [descr.replace('<', '>'), swap()] : [descr, data];
}

describe('npy reads', () => {
  test.each([...dtypes, ...dtypes.map(bigEndian)])('%s as numbers in the bounds that are given', async (descr, data) => {
    const { dataset, rows, ys, samples } = await read(npyBytes(descr, [3, 2], data), labels, { bounds: '0..5' });
    expect(dataset).toMatchObject({ kind: 'table', shape: [2], count: 3, bounds: { lower: 0, upper: 5 } });
    expect(rows).toEqual(rowsOfSix);
    expect(ys).toEqual([2, 0, 1]);
    expect(samples.map(({ id, x }) => [id, x.shape])).toEqual([[0, [2]], [1, [2]], [2, [2]]]);
  });

  test.each([1, 2, 3])('version %i of the format', async (version) => {
    expect((await read(npyBytes('<f4', [3, 1], Float32Array.of(0, 0.5, 1), { version }), labels)).rows).toEqual([[0], [0.5], [1]]);
  });

  test('half precision to the bit: subnormal, smallest normal, largest below 1, 1', async () => {
    const { rows } = await read(npyBytes('<f2', [3, 2], Uint16Array.of(0x0001, 0x03ff, 0x0400, 0x3bff, 0x3c00, 0x2e66)), labels);
    expect(rows).toEqual([[2 ** -24, 1023 * 2 ** -24], [2 ** -14, 1 - 2 ** -11], [1, 0.0999755859375]]);
  });

  test('booleans as 0 and 1, without bounds', async () => {
    expect((await read(npyBytes('|b1', [3, 2], Uint8Array.of(0, 1, 1, 0, 1, 1)), labels)).rows).toEqual([[0, 1], [1, 0], [1, 1]]);
  });

  test('bytes of images over 255, [N, H, W] with one channel and [N, H, W, C] as they are', async () => {
    const grey = await read(npyBytes('|u1', [3, 1, 2], Uint8Array.of(0, 51, 102, 153, 204, 255)), labels);
    expect(grey.dataset).toMatchObject({ kind: 'image', shape: [1, 2, 1], bounds: { lower: 0, upper: 1 } });
    expect(grey.rows).toEqual([[0, 51], [102, 153], [204, 255]].map((row) => row.map((byte) => Math.fround(byte / 255))));
    const colour = await read(npyBytes('<f4', [3, 1, 1, 3], Float32Array.from({ length: 9 }, (_, i) => i / 8)), labels);
    expect(colour.dataset).toMatchObject({ kind: 'image', shape: [1, 1, 3] });
    expect(colour.samples[1]?.x.shape).toEqual([1, 1, 3]);
    expect(colour.rows[1]).toEqual([3 / 8, 4 / 8, 5 / 8]);
  });

  test('bytes of images as they are where bounds are given', async () => {
    const { dataset, rows } = await read(npyBytes('|u1', [3, 1, 1], Uint8Array.of(0, 128, 255)), labels, { bounds: '0..255' });
    expect(dataset.bounds).toEqual({ lower: 0, upper: 255 });
    expect(rows).toEqual([[0], [128], [255]]);
  });

  test('Fortran order: the first axis runs fastest', async () => {
    // Value (i, j, k) is 6 i + 2 j + k, so that C order counts up.
    const fortran = [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11];
    const { rows } = await read(npyBytes('<i2', [2, 3, 2], Int16Array.from(fortran), { fortran: true }), npyBytes('|u1', [2], Uint8Array.of(0, 1)), { bounds: '0..11' });
    expect(rows).toEqual([[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]);
  });

  test('a value that only float32 rounds onto the bound', async () => {
    const { rows } = await read(npyBytes('<f8', [3, 1], Float64Array.of(1 + 1e-12, 0, 1)), labels);
    expect(rows).toEqual([[1], [0], [1]]);
    expect((await read(npyBytes('<f4', [3, 1], Float32Array.of(0.1, 0.1, 0)), labels, { bounds: '0..0.1' })).rows[0]).toEqual([Math.fround(0.1)]);
  });

  test.each<[string, Buffer]>([
    ['floats', npyBytes('<f8', [3], Float64Array.of(2, 0, 1))],
    ['64-bit integers', npyBytes('>i8', [3], Buffer.from('000000000000000200000000000000000000000000000001', 'hex'))],
    ['a column', npyBytes('<i4', [3, 1], Int32Array.of(2, 0, 1))],
    ['one-hot rows', npyBytes('<f4', [3, 3], Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0))],
    ['one-hot rows in Fortran order', npyBytes('|u1', [3, 3], Uint8Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0), { fortran: true })],
  ])('labels as %s', async (_, y) => {
    expect((await read(npyBytes('<f4', [3, 1], Float32Array.of(0, 0.5, 1)), y)).ys).toEqual([2, 0, 1]);
  });

  test('what NumPy itself wrote', async () => {
    const at = (name: string) => join(fixtures, 'numpy', name);
    const dataset = await openDataset(`${at('x-f2-big-endian-fortran.npy')},${at('y.npy')}`);
    expect(dataset).toMatchObject({ shape: [2, 2, 3], kind: 'image', count: 3 });
    const samples = await collect(dataset.read());
    expect(samples.flatMap(({ x }) => [...x.data])).toEqual(Array.from({ length: 36 }, (_, i) => i / 64));
    expect(samples.map(({ y }) => y)).toEqual([2, 0, 1]);
  });

  test('only what is wanted, from the start each time', async () => {
    const dataset = await openDataset(npySpec(npyBytes('<f4', [3, 1], Float32Array.of(0, 7, 1)), labels).spec);
    const wanted = async () => (await collect(dataset.read((id) => id !== 1))).map(({ id, y }) => [id, y]);
    expect([await wanted(), await wanted()]).toEqual([[[0, 2], [2, 1]], [[0, 2], [2, 1]]]);
  });
});

describe('npy refuses, in one line that names the file, what was expected and what was found:', () => {
  async function complaint(spec: string, options: ReaderOptions = {}): Promise<string> {
    const error: unknown = await openDataset(spec, options).then((dataset) => collect(dataset.read())).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }

  const [x, y] = [join(fixtures, 'numpy/x.npy'), join(fixtures, 'numpy/y.npy')];
  const bad = join(fixtures, 'bad/npy');
  const numbers = 'float16, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64, bool';
  const dictionary = "{'descr': …, 'fortran_order': …, 'shape': (…)}";
  const axes = '[N, features], [N, height, width] or [N, height, width, channels]';
  /** The examples are at fault, or, in files called y-…, the labels. */
  const lines: Readonly<Record<string, string>> = {
    'call.npy': `FILE: expected a header ${dictionary}, found {'descr': '<f4', 'fortran_order': False, 'shape': tuple([3]), }`,
    'code.npy': `FILE: expected a header ${dictionary}, found __import__('os').system('touch owned')`,
    'complex.npy': `FILE: expected numbers (${numbers}), found dtype '<c8'`,
    'cut-header.npy': 'FILE: truncated: expected a header of 128 bytes, found 60',
    'empty.npy': 'FILE: expected an .npy file (bytes 934e554d5059), found an empty file',
    'five-axes.npy': `FILE: expected ${axes}, found float32 [3, 1, 1, 1, 1]`,
    'four-examples.npy': `FILE: 4 examples but 3 labels in ${y}`,
    'header-of-4-gb.npy': 'FILE: expected a header of at most 65535 bytes, found one of 4294967280',
    'infinite.npy': 'FILE: example 1 has Infinity at [2], expected values in [0, 1]',
    'integers.npy': 'FILE: expected floats in [0, 1], uint8 images or --bounds LOW..HIGH, found int32 [3, 4] and no bounds',
    'nan.npy': 'FILE: example 1 has NaN at [2], expected values in [0, 1]',
    'negative.npy': `FILE: expected a header ${dictionary}, found {'descr': '<f4', 'fortran_order': False, 'shape': (3, -4), }`,
    'no-examples.npy': 'FILE: expected at least one example, found float32 [0, 4]',
    'no-shape.npy': `FILE: expected a header ${dictionary}, found {'descr': '<f4', 'fortran_order': False, }`,
    'objects.npy': 'FILE: expected numbers, found Python objects: a pickle, which is never loaded',
    'one-axis.npy': `FILE: expected ${axes}, found float32 [3]`,
    'out-of-bounds.npy': 'FILE: example 1 has 1.5 at [1, 0], expected values in [0, 1]; --bounds LOW..HIGH says what is allowed',
    'overflow.npy': 'FILE: truncated: expected 6.338253001141147e+29 bytes for float64 [4294967296, 4294967296, 4294967296], found 176',
    'pickle.npy': 'FILE: expected an .npy file (bytes 934e554d5059), found bytes 800495120000 (a pickle, which is never loaded)',
    'png.npy': 'FILE: expected an .npy file (bytes 934e554d5059), found bytes 89504e470d0a',
    'records.npy': "FILE: expected an array of numbers, found one of records: [('a', '<i4'), ('b', '<f4')]",
    'scalar.npy': 'FILE: expected an array, found a single float32',
    'short-head.npy': 'FILE: truncated: expected a header of at least 10 bytes, found 9',
    'strings.npy': `FILE: expected numbers (${numbers}), found dtype '<U2'`,
    'table-of-bytes.npy': 'FILE: expected floats in [0, 1], uint8 images or --bounds LOW..HIGH, found uint8 [3, 4] and no bounds',
    'trailing.npy': 'FILE: trailing bytes: expected 176 bytes for float32 [3, 4], found 177',
    'truncated.npy': 'FILE: truncated: expected 176 bytes for float32 [3, 4], found 175',
    'version-9.npy': 'FILE: expected version 1 to 3 of the .npy format, found 9',
    'y-fraction.npy': 'FILE: example 2 has label 1.5, expected a whole number from 0',
    'y-nan.npy': 'FILE: example 1 has label NaN, expected a whole number from 0',
    'y-negative.npy': 'FILE: example 1 has label -1, expected a whole number from 0',
    'y-no-hot.npy': 'FILE: example 0 has label 0, 0, 0, 0, 0, 0, 0, 0, …, expected a single 1 among zeros',
    'y-objects.npy': 'FILE: expected numbers, found Python objects: a pickle, which is never loaded',
    'y-soft.npy': 'FILE: example 1 has label 0.5, 0.5, expected a single 1 among zeros',
    'y-three-axes.npy': 'FILE: expected labels [N], [N, 1] or [N, classes], found float64 [3, 1, 1]',
    'y-two-hot.npy': 'FILE: example 2 has label 0, 1, 1, expected a single 1 among zeros',
    'zip.npy': 'FILE: expected an .npy file (bytes 934e554d5059), found bytes 504b03042d00 (a zip: npz:FILE reads those)',
  };

  test.each(readdirSync(bad))('%s', async (name) => {
    const file = join(bad, name);
    const spec = name.startsWith('y-') ? `npy:${x},${file}` : `npy:${file},${y}`;
    expect((await complaint(spec)).replace(file, 'FILE')).toBe(lines[name]);
  });

  test('a value outside the bounds that are given', async () => {
    const { spec, x } = npySpec(npyBytes('<i4', [3, 2], Int32Array.of(-1, 0, 1, 1, 0, -2)), labels);
    expect(await complaint(spec, { bounds: '-1..1' })).toBe(`${x}: example 2 has -2 at [1], expected values in [-1, 1]`);
    const floats = npySpec(npyBytes('<f8', [3, 1], Float64Array.of(0, 0.1, 0.2)), labels);
    expect(await complaint(floats.spec, { bounds: '0..0.1' })).toBe(`${floats.x}: example 2 has 0.2 at [0], expected values in [0, 0.1]`);
  });

  test('an example that no memory should be asked for, and Fortran order that cannot be held', async () => {
    const wide = npyBytes('|b1', [1, 2 ** 26 + 1], Uint8Array.of());
    const wideFile = npySpec(wide, npyBytes('|u1', [1], Uint8Array.of(0)));
    truncateSync(wideFile.x, wide.length + 2 ** 26 + 1);
    expect(await complaint(wideFile.spec)).toBe(`${wideFile.x}: expected at most 67108864 values an example, found 67108865 (bool [1, 67108865])`);
    const spread = npyBytes('|b1', [2 ** 20, 2 ** 10], Uint8Array.of(), { fortran: true });
    const spreadFile = npySpec(spread, npyBytes('|u1', [1], Uint8Array.of(0)));
    truncateSync(spreadFile.x, spread.length + 2 ** 30);
    expect(await complaint(spreadFile.spec)).toBe(
      `${spreadFile.x}: expected at most 1073741824 bytes in Fortran order, found ${spread.length + 2 ** 30}; numpy.ascontiguousarray gives C order, which is streamed`,
    );
  });

  test.each([false, true])('a file that shrinks between opening and reading (Fortran order: %s)', async (fortran) => {
    const { spec, x } = npySpec(npyBytes('<f4', [3, 2], new Float32Array(6), { fortran }), labels);
    const dataset = await openDataset(spec);
    truncateSync(x, 80);
    await expect(collect(dataset.read())).rejects.toThrow(new UserError(`${x}: shorter than when it was opened`));
  });

  test('a missing file, a folder, and other than two paths', async () => {
    const { spec, x, y } = npySpec(npyBytes('<f4', [3, 2], new Float32Array(6)), labels);
    rmSync(x);
    expect(await complaint(spec)).toBe(`${x}: no such file`);
    const folder = folderWith({});
    expect(await complaint(`npy:${y},${folder}`)).toBe(`${folder}: expected a file, found a folder`);
    expect(await complaint(`npy:${y}`)).toBe(`npy:${y}: expected npy:X.npy,Y.npy, found one path`);
    writeFileSync(x, '');
    expect(await complaint('npy:a,b,c')).toBe('npy:a,b,c: expected npy:X.npy,Y.npy, found 3 paths');
  });
});
