import type { LayersModel } from '@tensorflow/tfjs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { UserError } from '../../src/core/errors.ts';
import { filesOf } from '../support/saveModel.ts';
import { openTfjs } from '../support/openTfjs.ts';

let tf: Tf;
let root: string;
let topology: unknown;
beforeAll(async () => {
  tf = await loadTf();
  root = await mkdtemp(join(tmpdir(), 'breakwater-weights-'));
  const model: LayersModel = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 3, name: 'd', activation: 'softmax' })] });
  topology = (await filesOf(model)).json.modelTopology;
});
afterAll(() => rm(root, { recursive: true }));

/** The weights of one dense layer from 2 to 3, as they must come out. */
const kernel = [-1, -0.5, 0, 0.5, 1, 1.5];
const bias = [0.25, 0, -0.25];

interface Entry {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: string;
  readonly quantization?: object;
}
const entries: Record<'kernel' | 'bias', Entry> = {
  kernel: { name: 'd/kernel', shape: [2, 3], dtype: 'float32' },
  bias: { name: 'd/bias', shape: [3], dtype: 'float32' },
};
const quantized = (name: 'kernel' | 'bias', quantization: object): Entry => ({ ...entries[name], quantization });

const bytes = (array: Uint8Array | Uint16Array | Float32Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
const plain = { kernel: bytes(Float32Array.from(kernel)), bias: bytes(Float32Array.from(bias)) };

interface Group {
  readonly weights: Entry[];
  /** Shards by path. */
  readonly shards: Record<string, Buffer>;
}

let count = 0;
async function write(...groups: Group[]): Promise<string> {
  const folder = join(root, String(count++), 'model');
  await mkdir(folder, { recursive: true });
  const weightsManifest = groups.map(({ weights, shards }) => ({ paths: Object.keys(shards), weights }));
  await writeFile(join(folder, 'model.json'), JSON.stringify({ format: 'layers-model', modelTopology: topology, weightsManifest }));
  for (const shard of groups.flatMap(({ shards }) => Object.entries(shards))) await writeFile(join(folder, shard[0]), shard[1]);
  return folder;
}

/** The kernel's two rows plus the bias, and the bias, read off the logits. */
async function weightsIn(folder: string): Promise<number[]> {
  const model = await openTfjs(folder);
  const logits = tf.tidy(() => model.eager(tf.tensor2d([[1, 0], [0, 1], [0, 0]])).arraySync() as number[][]);
  model.close();
  const [first, second, offset] = logits as [number[], number[], number[]];
  return [...first.map((z, k) => z - offset[k]!), ...second.map((z, k) => z - offset[k]!), ...offset];
}

describe('quantised weights come out as value · scale + min', () => {
  test.each<[string, Entry, Buffer]>([
    ['uint8', quantized('kernel', { dtype: 'uint8', min: -1, scale: 0.5, original_dtype: 'float32' }), bytes(Uint8Array.of(0, 1, 2, 3, 4, 5))],
    ['uint16', quantized('kernel', { dtype: 'uint16', min: -1, scale: 0.000_976_562_5 }), bytes(Uint16Array.of(0, 512, 1024, 1536, 2048, 2560))],
    // −1, −0.5, 0, 0.5, 1 and 1.5 as IEEE halves.
    ['float16', quantized('kernel', { dtype: 'float16' }), bytes(Uint16Array.of(0xbc00, 0xb800, 0, 0x3800, 0x3c00, 0x3e00))],
  ])('%s, beside plain ones', async (_, entry, stored) => {
    const folder = await write({ weights: [entry, entries.bias], shards: { 'w.bin': Buffer.concat([stored, plain.bias]) } });
    expect(await weightsIn(folder)).toEqual([...kernel, ...bias]);
  });

  test.each<[string, Entry, number, string]>([
    ['of one byte that are stored in four', quantized('kernel', { dtype: 'uint8', min: 0, scale: 1 }), 24, 'weights are too long: w.bin should hold 18 bytes, found 36'],
    ['of two bytes that are stored in one', quantized('kernel', { dtype: 'uint16', min: 0, scale: 1 }), 6, 'weights are too short: w.bin should hold 24 bytes, found 18'],
    ['without a scale', quantized('kernel', { dtype: 'uint8', min: 0 }), 6, 'weight d/kernel is quantised to uint8 without a min and a scale'],
    ['of a type that TF.js does not know', quantized('kernel', { dtype: 'int4', min: 0, scale: 1 }), 3, 'weight d/kernel is quantised to int4, expected uint8, uint16 or float16'],
    ['that become what they cannot', { ...quantized('kernel', { dtype: 'float16' }), dtype: 'int32' }, 12, 'weight d/kernel is quantised to float16, which TF.js does not read into int32'],
    ['of a negative size', { ...entries.kernel, shape: [-2, -3] }, 24, 'not a TF.js LayersModel: expected weightsManifest.0.weights.0.shape.0 to be >=0, found -2'],
    ['of a broken size', { ...entries.kernel, shape: [1.5, 4] }, 24, 'not a TF.js LayersModel: expected weightsManifest.0.weights.0.shape.0 to be a whole number, found 1.5'],
  ])('but not %s', async (_, entry, length, message) => {
    const folder = await write({ weights: [entry, entries.bias], shards: { 'w.bin': Buffer.concat([Buffer.alloc(length), plain.bias]) } });
    expect(await refusal(folder)).toBe(`${join(folder, 'model.json')}: ${message}`);
  });
});

describe('weights are read', () => {
  test('from several shards, cut in the middle of a number', async () => {
    const all = Buffer.concat([plain.kernel, plain.bias]);
    const cuts = [0, 3, 10, 29, all.length];
    const shards = Object.fromEntries(cuts.slice(1).map((end, i) => [`shard${i + 1}of4.bin`, all.subarray(cuts[i], end)]));
    expect(await weightsIn(await write({ weights: [entries.kernel, entries.bias], shards }))).toEqual([...kernel, ...bias]);
  });

  test('from several groups, one of them quantised and of an odd length', async () => {
    const folder = await write(
      { weights: [quantized('bias', { dtype: 'uint8', min: -0.25, scale: 0.25 })], shards: { 'group1-shard1of1.bin': bytes(Uint8Array.of(2, 1, 0)) } },
      { weights: [entries.kernel], shards: { 'group2-shard1of2.bin': plain.kernel.subarray(0, 7), 'group2-shard2of2.bin': plain.kernel.subarray(7) } },
    );
    expect(await weightsIn(folder)).toEqual([...kernel, ...bias]);
  });

  test('group by group: too many bytes in one do not make up for too few in another', async () => {
    const folder = await write(
      { weights: [entries.bias], shards: { 'a.bin': Buffer.concat([plain.bias, Buffer.alloc(1)]) } },
      { weights: [entries.kernel], shards: { 'b.bin': plain.kernel.subarray(1) } },
    );
    expect(await refusal(folder)).toBe(`${join(folder, 'model.json')}: weights are too long: a.bin should hold 12 bytes, found 13`);
  });
});

async function refusal(folder: string): Promise<string> {
  const error: unknown = await openTfjs(folder).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe('a shard must lie in the model’s folder', () => {
  const weights = [entries.kernel, entries.bias];
  const all = Buffer.concat([plain.kernel, plain.bias]);

  test('a link out of it is refused', async () => {
    const folder = await write({ weights, shards: { 'w.bin': all } });
    await rm(join(folder, 'w.bin'));
    await writeFile(join(folder, '..', 'outside.bin'), all);
    await symlink(join('..', 'outside.bin'), join(folder, 'w.bin'));
    expect(await refusal(folder)).toBe(`${join(folder, 'model.json')}: weight shard 'w.bin' lies outside the model's folder`);
  });

  test('a link within it is followed, and so is one to the folder itself', async () => {
    const folder = await write({ weights, shards: { 'w.bin': all } });
    await writeFile(join(folder, 'real.bin'), all);
    await rm(join(folder, 'w.bin'));
    await symlink('real.bin', join(folder, 'w.bin'));
    const linked = join(folder, '..', 'linked');
    await symlink(folder, linked);
    expect(await weightsIn(linked)).toEqual([...kernel, ...bias]);
  });

  test('a name may begin with dots', async () => {
    expect(await weightsIn(await write({ weights, shards: { '..w.bin': all } }))).toEqual([...kernel, ...bias]);
  });

  test('a folder is no shard', async () => {
    const folder = await write({ weights, shards: { 'w.bin': all } });
    await rm(join(folder, 'w.bin'));
    await mkdir(join(folder, 'w.bin'));
    expect(await refusal(folder)).toBe(`${join(folder, 'model.json')}: weight shard ${join(folder, 'w.bin')} cannot be read (EISDIR)`);
  });
});
