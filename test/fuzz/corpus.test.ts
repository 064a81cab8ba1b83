import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { openDataset } from '../../datasets/index.ts';
import { openModel } from '../../models/index.ts';
import { UserError } from '../../src/core/errors.ts';
import { runCli } from '../cli/runCli.ts';
import { idxBytes, threeLabels } from '../datasets/idxFiles.ts';

const bad = resolve(import.meta.dirname, '../fixtures/bad');

/** The line that each bad file gets; the other readers' are in their own tests. A dot stands for the file's folder. */
const lines: Readonly<Record<'idx' | 'models', Readonly<Record<string, string>>>> = {
  idx: {
    'cut-gzip': './images: truncated: expected a header of 16 bytes, found 12',
    'cut-header': './images: truncated: expected a header of 16 bytes, found 10',
    'cut-image': './images: truncated: expected 34 bytes for 3 images of 2×3, found 30',
    empty: './images: truncated: expected magic 0x803 or 0x804, found 0 bytes',
    'fewer-labels': './images: 3 images but 2 labels in ./labels',
    'five-axes': './images: expected magic 0x803 or 0x804, found 0x805',
    floats: './images: expected magic 0x803 or 0x804, found 0xd03',
    'gzip-checksum': './images: damaged gzip data',
    'gzip-in-gzip': './images: expected magic 0x803 or 0x804, found 0x1f8b0800',
    'gzip-noise': './images: damaged gzip data',
    'gzip-of-nothing': './images: truncated: expected magic 0x803 or 0x804, found 0 bytes',
    'no-images': './images: expected at least one of the images, found 0 images of 2×3',
    'no-labels': './labels: expected at least one of the labels, found 0 labels',
    'no-rows': './images: expected at least one of the images, found 3 images of 0×3',
    'not-idx': './images: expected magic 0x803 or 0x804, found 0x3c68746d',
    overflow: './images: truncated: expected 9.903520314283042e+27 bytes for 2147483648 images of 2147483648×2147483648, found 16',
    'size-wraps-to-zero': './images: truncated: expected 281474976710672 bytes for 65536 images of 65536×65536, found 16',
    swapped: './images: expected magic 0x803 or 0x804, found 0x801 (are these the labels?)',
    'three-bytes': './images: truncated: expected magic 0x803 or 0x804, found 3 bytes',
    trailing: './images: trailing bytes: expected 34 bytes for 3 images of 2×3, found 38',
    'two-labels-files': './images: expected magic 0x803 or 0x804, found 0x801 (are these the labels?)',
  },
  models: {
    'a-list': './model.json: not a TF.js LayersModel: it has no modelTopology',
    'absurd-shape': './model.json: weights are too short: weights.bin should hold 4000000000000000000 bytes, found 24',
    'billion-units': './model.json: TF.js cannot build this model: Shape mismatch: [3,1000000000] vs. [3,2]',
    'cut-json': './model.json: not JSON: Unexpected end of JSON input',
    empty: './model.json: not JSON: Unexpected end of JSON input',
    'free-input': './model.json: TF.js cannot build this model: Tensor must have a shape comprised of positive integers but got shape [,2].',
    'graph-constant-without-value': './model.json: node k is a constant that the weights do not have',
    'graph-in-a-circle': "./model.json: TF.js cannot run this model: Cannot destructure property 'dataId' of 'undefined' as it is undefined.",
    'graph-node-is-a-text': './model.json: not a TF.js GraphModel: expected modelTopology.node.0 to be Object, found "x"',
    'graph-node-not-there': './model.json: node y takes gone, which the graph does not have',
    'graph-of-billions-of-classes': './model.json: expected at most 1048576 classes, found 2000000002',
    'graph-of-integers': './model.json: expected a float32 input, found DT_INT32',
    'graph-unknown-op': "./model.json: unknown op 'Frobnicate': TF.js has none of this name",
    'graph-with-a-loop': './model.json: node z is a Merge, and a graph with control flow has no gradient in TF.js',
    'graph-without-input': './model.json: expected a model with one input, found 0',
    'half-a-length': './model.json: not a TF.js LayersModel: expected weightsManifest.0.weights.0.shape.1 to be a whole number, found 2.5',
    'layer-not-there': './model.json: layer b takes a, which the model does not have',
    'layer-twice': "./model.json: expected every layer's name once, found b again",
    'layers-in-a-circle': './model.json: layer a waits for b, which never comes',
    'manifest-is-a-text': './model.json: not a TF.js LayersModel: expected weightsManifest to be Array, found "weights.bin"',
    'negative-length': './model.json: not a TF.js LayersModel: expected weightsManifest.0.weights.0.shape.0 to be >=0, found -3',
    'no-layers': './model.json: TF.js cannot build this model: Provided weight data has no target variable: dense/kernel',
    'no-topology': './model.json: not a TF.js LayersModel: it has no modelTopology',
    'no-units': './model.json: TF.js cannot build this model: Expected units to be a positive integer, but got 0.',
    'no-weights': './model.json: TF.js cannot build this model: 1 of 1 weights are not set: dense/kernel',
    'not-json': `./model.json: not JSON: Unexpected token 'a', "a model of two lines" is not valid JSON`,
    null: './model.json: not a TF.js LayersModel: expected the file to be Object, found null',
    'padding-of-gigabytes': './model.json: expected at most 1 GB of values at once for an example, found Pad of [1, 100000, 100000, 3]',
    'proto-layer': "./model.json: unknown layer 'Proto': TF.js has none of this name",
    'quantised-by-a-text': './model.json: not a TF.js LayersModel: expected weightsManifest.0.weights.0.quantization to be Object, found "uint8"',
    'quantised-to-int4': './model.json: weight dense/kernel is quantised to int4, expected uint8, uint16 or float16',
    'quantised-without-scale': './model.json: weight dense/kernel is quantised to uint8 without a min and a scale',
    regression: './model.json: the model has one output that is no sigmoid (a regression?); expected a classifier',
    'shape-is-a-text': './model.json: not a TF.js LayersModel: expected weightsManifest.0.weights.0.shape to be Array, found "3,2"',
    'shard-above': "./model.json: weight shard '../../../package.json' lies outside the model's folder",
    'shard-absolute': "./model.json: weight shard '/etc/hostname' lies outside the model's folder",
    'shard-is-a-folder': './model.json: weight shard . cannot be read (EISDIR)',
    'shard-missing': './model.json: weight shard ./gone.bin cannot be read (ENOENT)',
    'topology-is-a-number': './model.json: not a TF.js LayersModel: expected modelTopology to be Object, found 7',
    'unknown-activation': "./model.json: unknown activation 'rellu': TF.js has none of this name",
    'unknown-layer': "./model.json: unknown layer 'Dance': TF.js has none of this name",
    'unknown-type': './model.json: weight dense/kernel has type complex64, which no classifier needs',
    'weight-not-a-number': './model.json: weight dense/kernel holds NaN at position 1',
    'weight-of-another-shape': './model.json: TF.js cannot build this model: Shape mismatch: [3,2] vs. [2,3]',
    'weight-of-no-layer': './model.json: TF.js cannot build this model: Provided weight data has no target variable: conv/kernel',
    'weight-twice': './model.json: expected weight dense/kernel once, found it again',
    'weights-cut': './model.json: weights are too short: weights.bin should hold 24 bytes, found 20',
    'weights-too-long': './model.json: weights are too long: weights.bin should hold 24 bytes, found 48',
  },
};

/** Opens it and uses all of it, as a scan would. */
const uses: Readonly<Record<keyof typeof lines, (folder: string) => Promise<void>>> = {
  idx: (folder) => readAll(`idx:${folder}/images,${folder}/labels`),
  models: async (folder) => {
    const model = await openModel(folder);
    try {
      await model.trace(1);
    } finally {
      model.close();
    }
  },
};

async function readAll(spec: string): Promise<void> {
  const ids: number[] = [];
  for await (const { id } of (await openDataset(spec)).read()) ids.push(id);
}

async function lineOf(use: Promise<void>): Promise<string> {
  const error: unknown = await use.then(() => 'it was taken', (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe.each(Object.keys(lines) as (keyof typeof lines)[])('bad %s', (kind) => {
  test('have a line each', () => {
    expect(Object.keys(lines[kind])).toEqual(readdirSync(join(bad, kind)));
  });

  test.each(Object.entries(lines[kind]))('%s', async (name, line) => {
    const folder = join(bad, kind, name);
    expect((await lineOf(uses[kind](folder))).replaceAll(folder, '.')).toBe(line);
  });
});

describe('what is too large for a file here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-corpus-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: Buffer | string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  test('gigabytes behind a gzipped header of three images are not unpacked', async () => {
    const zeros = gzipSync(Buffer.alloc(2 ** 26));
    const images = file('bomb', Buffer.concat([gzipSync(idxBytes([3, 2, 3], [])), ...Array<Buffer>(64).fill(zeros)]));
    const line = await lineOf(readAll(`idx:${images},${file('labels', threeLabels)}`));
    expect(line).toBe(`${images}: trailing bytes: expected 34 bytes for 3 images of 2×3, found more than ${34 + 2 ** 20}`);
  });

  test('a model.json of a hundred thousand nested lists', async () => {
    const nested = `${'['.repeat(1e5)}${']'.repeat(1e5)}`;
    const path = file('nested.json', `{"format":"layers-model","modelTopology":{"class_name":"Sequential","config":${nested}},"weightsManifest":[]}`);
    expect(await lineOf(uses.models(path))).toMatch(/^[^\n]*nested\.json: [^\n]+$/);
  });
});

/** One of every kind; BAD stands for the folder of bad files, GOOD for a right table. */
const commands: Readonly<Record<string, string>> = {
  idx: '--data idx:BAD/idx/cut-image/images,BAD/idx/cut-image/labels',
  npy: '--data npy:BAD/npy/objects.npy,BAD/npy/objects.npy',
  npz: '--data npz:BAD/npz/bomb.npz',
  csv: '--data csv:BAD/csv/text-cell.csv',
  images: '--data images:BAD/images/text',
  'a LayersModel': '--model BAD/models/layers-in-a-circle',
  'a LayersModel that opens': '--model BAD/models/padding-of-gigabytes --data GOOD --epsilon 0.1',
  'a GraphModel': '--model BAD/models/graph-node-not-there',
  'a GraphModel that TF.js can run': '--model BAD/models/graph-of-billions-of-classes',
};

test.each(Object.entries(commands))('a scan of something bad prints one line, exits with 2 and writes nothing: %s', async (_, words) => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-corpus-'));
  const [good, out] = [join(folder, 'good.csv'), join(folder, 'out')];
  writeFileSync(good, 'a,b,c,label\n0,1,.5,0\n1,0,.5,1\n');
  const args = words.replaceAll('BAD', relative(process.cwd(), bad)).replaceAll('GOOD', good).split(' ');
  const { code, stdout, stderr } = await runCli(['scan', ...args, '--out', out, '--quiet']);
  const subject = /BAD\/\w+\/[^/. ,]+/.exec(words)?.[0].slice('BAD/'.length);
  expect(stderr).toMatch(/^breakwater: [^\n]+: [^\n]+\n$/);
  expect(stderr).toContain(subject);
  expect({ code, stdout, written: existsSync(out) }).toEqual({ code: 2, stdout: '', written: false });
  rmSync(folder, { recursive: true });
});
