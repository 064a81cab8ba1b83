import type { LayersModel } from '@tensorflow/tfjs';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { loadTf, type Tf } from '../../models/tfjs/tf.ts';
import { mlp, smallCnn } from '../support/nets.ts';
import { filesOf, writeModel, type SavedFiles } from '../support/saveModel.ts';
import { openTfjs } from '../support/openTfjs.ts';

let tf: Tf;
let folder: string;
beforeAll(async () => {
  tf = await loadTf();
  folder = await mkdtemp(join(tmpdir(), 'breakwater-open-'));
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
async function write(files: SavedFiles): Promise<string> {
  return writeModel(files, join(folder, String(count++)));
}

describe('a saved LayersModel', () => {
  test('opens from its folder and from its model.json alike', async () => {
    const path = await write(await filesOf(smallCnn(tf)));
    const [fromFolder, fromFile] = [await openTfjs(path), await openTfjs(join(path, 'model.json'))];
    expect(fromFolder.sha256).toBe(fromFile.sha256);
    expect(fromFolder).toMatchObject({ path, format: 'layers-model', inputShape: [8, 8, 1], classes: 4 });
    // Weights and biases: 3·3·1·6 + 6, 3·3·6·8 + 8, 32·16 + 16, 16·4 + 4.
    expect(fromFolder.parameters).toBe(60 + 440 + 528 + 68);
  });

  test('is identified by the hash of model.json and its shards in order', async () => {
    const { json, weights } = await filesOf(mlp(tf));
    const half = weights.length / 2;
    const [manifest] = json.weightsManifest!;
    const path = await write({ json: { ...json, weightsManifest: [{ ...manifest!, paths: ['b.bin', 'a.bin'] }] }, weights });
    await writeFile(join(path, 'b.bin'), weights.subarray(0, half));
    await writeFile(join(path, 'a.bin'), weights.subarray(half));
    const text = JSON.stringify({ ...json, weightsManifest: [{ ...manifest!, paths: ['b.bin', 'a.bin'] }] });
    const model = await openTfjs(path);
    expect(model.sha256).toBe(createHash('sha256').update(text).update(weights).digest('hex'));
    const x = tf.ones([1, 5]);
    const whole = await openTfjs(await write({ json, weights }));
    expect(model.eager(x).arraySync()).toEqual(whole.eager(x).arraySync());
  });

  test('frees its weights when closed', async () => {
    const path = await write(await filesOf(mlp(tf)));
    const before = tf.memory().numTensors;
    const model = await openTfjs(path);
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    model.close();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what is not a usable LayersModel is refused in one line', () => {
  async function refusal(path: string): Promise<string> {
    const error: unknown = await openTfjs(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as UserError;
    expect(message).not.toContain('\n');
    return message;
  }

  /** A small net, saved with something wrong. */
  async function damaged(damage: (files: SavedFiles) => Partial<SavedFiles> | void, model?: LayersModel): Promise<string> {
    const files = await filesOf(model ?? mlp(tf));
    return write({ ...files, ...damage(files) });
  }

  const file = (path: string): string => join(path, 'model.json');

  test('a path that does not exist', async () => {
    expect(await refusal('/no/such/model')).toBe('/no/such/model: no such file or folder; expected a saved model');
  });

  test('a folder without model.json', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    expect(await refusal(empty)).toBe(`${empty}: no model.json in this folder, and no .onnx file`);
  });

  test('a file of another format', async () => {
    const path = join(folder, 'model.h5');
    await writeFile(path, 'HDF');
    expect(await refusal(path)).toBe(
      `${path}: not a model that breakwater reads; expected an ONNX model (.onnx, and the data it keeps beside it), or a TF.js GraphModel (model.json and its weight shards), or a TF.js LayersModel (model.json and its weight shards)`,
    );
  });

  test('a model.json that is not JSON', async () => {
    const path = join(folder, 'broken.json');
    await writeFile(path, '{ "modelTopology":\n oops');
    expect(await refusal(path)).toMatch(/broken\.json: not JSON: /);
  });

  test('JSON that is something else', async () => {
    const path = join(folder, 'package.json');
    await writeFile(path, '{ "name": "breakwater" }');
    expect(await refusal(path)).toBe(`${path}: not a TF.js LayersModel: it has no modelTopology`);
    await writeFile(path, '{ "modelTopology": {}, "weightsManifest": "none" }');
    expect(await refusal(path)).toBe(`${path}: not a TF.js LayersModel: expected weightsManifest to be Array, found "none"`);
  });

  test('one that says it is a GraphModel', async () => {
    const path = await damaged(({ json }) => void (json.format = 'graph-model'));
    expect(await refusal(path)).toBe(`${file(path)}: not a TF.js GraphModel: it has no modelTopology.node`);
  });

  test('a missing shard', async () => {
    const path = await damaged(({ json }) => void (json.weightsManifest![0]!.paths = ['gone.bin']));
    expect(await refusal(path)).toBe(`${file(path)}: weight shard ${join(path, 'gone.bin')} cannot be read (ENOENT)`);
  });

  test.each(['../weights.bin', '/etc/hostname', 'a/../../weights.bin'])('the shard %s, outside the folder', async (shard) => {
    const path = await damaged(({ json }) => void (json.weightsManifest![0]!.paths = [shard]));
    expect(await refusal(path)).toBe(`${file(path)}: weight shard '${shard}' lies outside the model's folder`);
  });

  test('weights that are too short or too long', async () => {
    // 5·12+12 and 12·3+3 floats.
    const bytes = 4 * (72 + 39);
    const short = await damaged(({ weights }) => ({ weights: weights.subarray(4) }));
    expect(await refusal(short)).toBe(
      `${file(short)}: weights are too short: weights.bin should hold ${bytes} bytes, found ${bytes - 4}`,
    );
    const long = await damaged(({ weights }) => ({ weights: Buffer.concat([weights, Buffer.alloc(1)]) }));
    expect(await refusal(long)).toBe(
      `${file(long)}: weights are too long: weights.bin should hold ${bytes} bytes, found ${bytes + 1}`,
    );
  });

  test('weights of a type that no layer has', async () => {
    const path = await damaged(({ json }) => void (json.weightsManifest![0]!.weights[0]!.dtype = 'string'));
    expect(await refusal(path)).toMatch(/model\.json: weight .*kernel has type string, which no classifier needs$/);
  });

  test('an unknown layer', async () => {
    const rename = (json: unknown): unknown => JSON.parse(JSON.stringify(json).replace('"Dense"', '"Attention9"'));
    const path = await damaged(({ json, weights }) => ({ json: rename(json) as SavedFiles['json'], weights }));
    expect(await refusal(path)).toBe(`${file(path)}: unknown layer 'Attention9': TF.js has none of this name`);
  });

  test('a weight that the manifest leaves out', async () => {
    const path = await damaged(({ json, weights }) => {
      json.weightsManifest![0]!.weights.pop();
      return { weights: weights.subarray(0, weights.length - 4 * 3) };
    });
    expect(await refusal(path)).toMatch(/model\.json: TF\.js cannot build this model: .*weights are not set/);
  });

  test.each([NaN, Infinity])('a weight that is %s', async (value) => {
    const path = await damaged(({ weights }) => void weights.writeFloatLE(value, 4 * 3));
    expect(await refusal(path)).toMatch(new RegExp(`model\\.json: weight .*kernel holds ${value} at position 3$`));
  });

  test('an input whose size is not fixed', async () => {
    const model = tf.sequential({ layers: [tf.layers.globalAveragePooling2d({ inputShape: [null, null, 3] as never })] });
    const path = await damaged(() => undefined, model);
    expect(await refusal(path)).toBe(`${file(path)}: expected an input of fixed size, found [?, ?, ?, 3]`);
  });

  test('a layer that TF.js can build but not run', async () => {
    const layer = tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3, strides: 2, dilationRate: 2 });
    const path = await damaged(() => undefined, tf.sequential({ layers: [layer, tf.layers.flatten()] }));
    expect(await refusal(path)).toMatch(/model\.json: TF\.js cannot run this model: .*[Ee]ither strides or dilations must be 1/);
  });

  test('integers as input', async () => {
    const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [3], dtype: 'int32' }), tf.layers.reLU()] });
    const path = await damaged(() => undefined, model);
    expect(await refusal(path)).toBe(`${file(path)}: expected a float32 input, found int32`);
  });

  test('outputs other than one row of classes', async () => {
    const image = tf.sequential({ layers: [tf.layers.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 3 })] });
    const path = await damaged(() => undefined, image);
    expect(await refusal(path)).toBe(`${file(path)}: expected an output [batch, classes], found [?, 2, 2, 2]`);
  });

  test('several inputs or outputs', async () => {
    const [a, b] = [tf.input({ shape: [2] }), tf.input({ shape: [2] })];
    const sum = tf.layers.add().apply([a, b]) as typeof a;
    const inputs = await damaged(() => undefined, tf.model({ inputs: [a, b], outputs: sum }));
    expect(await refusal(inputs)).toBe(`${file(inputs)}: expected a model with one input, found 2`);
    const double = tf.layers.reLU().apply(a) as typeof a;
    const outputs = await damaged(() => undefined, tf.model({ inputs: a, outputs: [a, double] }));
    expect(await refusal(outputs)).toBe(`${file(outputs)}: expected a model with one output, found 2`);
  });

  test('a layer that remembers the examples before', async () => {
    const layers = [tf.layers.simpleRNN({ units: 4, stateful: true, batchInputShape: [1, 5, 2] }), tf.layers.dense({ units: 3, activation: 'softmax' })];
    const path = await damaged(() => undefined, tf.sequential({ layers }));
    expect(await refusal(path)).toBe(
      `${file(path)}: expected a model that answers each example by itself, found a stateful layer`,
    );
  });

  test('a regression, whose weights are freed again', async () => {
    const path = await damaged(() => undefined, mlp(tf, { classes: 1, end: 'linear' }));
    const before = tf.memory().numTensors;
    expect(await refusal(path)).toBe(
      `${file(path)}: the model has one output that is no sigmoid (a regression?); expected a classifier`,
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
