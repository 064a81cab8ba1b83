import type { Tensor } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { loadTf } from '../../models/tfjs/tf.ts';
import { UserError } from '../../src/core/errors.ts';
import { openEngine, type EngineRequest, type OpenedEngine } from '../../src/engine/choose.ts';
import { Untraceable } from '../../src/graph/ir.ts';
import type { TfjsModel } from '../../src/graph/model.ts';
import { mlp, seeded } from '../support/nets.ts';
import { layersModel } from './models.ts';

const tf = await loadTf();
const probe = Float32Array.from({ length: 8 * 5 }, (_, i) => (0.31 + i * 0.618034) % 1);

async function open(
  model: TfjsModel,
  request: Partial<EngineRequest> = {},
): Promise<{ opened: OpenedEngine; lines: string[] }> {
  const lines: string[] = [];
  const opened = await openEngine(model, {
    engine: 'auto',
    batchSize: 16,
    probe,
    bounds: { lower: 0, upper: 1 },
    note: (line) => lines.push(line),
    ...request,
  });
  return { opened, lines };
}

/** Whichever is installed. */
const inTfjs = /^(tensorflow|wasm)$/;

const network = (): Promise<TfjsModel> => layersModel((lib) => mlp(lib));
const untraceable = async (): Promise<TfjsModel> => ({
  ...(await network()),
  trace: () => Promise.reject(new Untraceable('Cholesky', 'the IR has no such op')),
});
/** What is traced is not what TF.js computes. */
const mistraced = async (): Promise<TfjsModel> => {
  const model = await network();
  return { ...model, eager: (x) => tf.mul(model.eager(x), 1.01) };
};
const coupled = async (): Promise<TfjsModel> => {
  const model = await network();
  const eager: TfjsModel['eager'] = (x) => tf.tidy(() => tf.div(model.eager(x), tf.max(tf.abs(x))));
  return { ...model, eager, trace: () => Promise.reject(new Untraceable('Max', 'to stay in TF.js')) };
};

test('auto compiles and verifies, and says nothing', async () => {
  const { opened, lines } = await open(await network());
  expect(lines).toEqual([]);
  expect(opened.info).toMatchObject({
    name: 'onnxruntime',
    threads: 1,
    rows: 'exact',
    reason: expect.stringMatching(/verified/) as string,
  });
  expect(opened.info.workers).toBeGreaterThan(0);
  expect(opened.info.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(opened.portable).toMatchObject({ logitError: opened.oracle.logitError });
  expect(opened.oracle.logitError).toBeLessThan(1e-4);
  expect((await opened.oracle.predict(probe, 8)).logits.every(Number.isFinite)).toBe(true);
  await opened.close();
});

test('auto falls back to TF.js on what cannot be traced, naming the op', async () => {
  const { opened, lines } = await open(await untraceable());
  expect(lines).toEqual([expect.stringMatching(/^model\.json: Cholesky cannot be compiled .*TF\.js/)]);
  expect(opened.info).toMatchObject({ workers: 0, rows: 'exact', reason: expect.stringMatching(/Cholesky/) as string });
  expect(opened.info.name).toMatch(inTfjs);
  expect(opened.portable).toBeUndefined();
  await opened.close();
});

test('auto falls back to TF.js on what fails verification, saying so', async () => {
  const { opened, lines } = await open(await mistraced());
  expect(lines).toEqual([expect.stringMatching(/failed verification: logits against the original model/)]);
  expect(opened.info.name).toMatch(inTfjs);
  await opened.close();
});

test.each([
  ['cannot be traced', untraceable, /engine onnxruntime cannot be used: Cholesky/],
  ['fails verification', mistraced, /engine onnxruntime cannot be used: .*verification/],
] as const)('onnxruntime refuses what %s', async (_, model, message) => {
  const refused = open(await model(), { engine: 'onnxruntime' });
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toThrow(UserError);
});

test.each(['wasm', 'cpu'] as const)('%s is used when asked for', async (engine) => {
  const { opened, lines } = await open(await network(), { engine });
  expect(lines).toEqual([]);
  expect(opened.info).toMatchObject({
    name: engine,
    workers: 0,
    reason: expect.stringMatching(/^asked for; gradient within .* of central differences$/) as string,
  });
  await opened.close();
});

/** TF.js's average pooling with padding divides its gradient by the whole window; the pool leaves the padding out. */
const wronglyDifferentiated = (): Promise<TfjsModel> =>
  layersModel(({ layers, sequential }) =>
    seeded(
      tf,
      sequential({
        layers: [
          layers.reshape({ inputShape: [5], targetShape: [5, 1, 1] }),
          layers.averagePooling2d({ poolSize: [3, 1], padding: 'same' }),
          layers.flatten(),
          layers.dense({ units: 3 }),
        ],
      }),
      1,
    ),
  );

test.each(['wasm', 'cpu'] as const)(
  'a model that %s differentiates wrongly is refused there, and compiled all the same',
  async (engine) => {
    const model = await wronglyDifferentiated();
    await expect(open(model, { engine })).rejects.toThrow(
      `TF.js backend ${engine} differentiates this model wrongly: gradient against central differences: relative error`,
    );
    await expect(open(model, { engine })).rejects.toThrow(UserError);
    expect((await open(model)).opened.info.name).toBe('onnxruntime');
  },
);

test('a backend that differentiates wrongly is passed over, with a line', async () => {
  const right = await network();
  const halved = tf.customGrad((z) => ({ value: tf.clone(z as Tensor), gradFunc: (dy: Tensor) => tf.mul(dy, 0.5) }));
  const eager: TfjsModel['eager'] = (x) => (tf.getBackend() === 'cpu' ? right.eager(x) : halved(right.eager(x)));
  const { opened, lines } = await open({
    ...right,
    eager,
    trace: () => Promise.reject(new Untraceable('Max', 'to stay in TF.js')),
  });
  expect(opened.info.name).toBe('cpu');
  expect(lines.at(-1)).toMatch(/^TF\.js backend wasm differentiates this model wrongly: .*: passed over$/);
});

test('a model that draws random numbers is refused, by that name', async () => {
  const model = await network();
  const noisy: TfjsModel['eager'] = (x) => tf.tidy(() => tf.add(model.eager(x), tf.randomNormal([3], 0, 0.01)));
  const opening = open({ ...model, eager: noisy, trace: () => Promise.reject(new Untraceable('a random op', '')) });
  await expect(opening).rejects.toThrow(/wasm gives other logits for the same examples: does the model draw random/);
});

test('a model whose rows are coupled runs one row per batch', async () => {
  const { opened, lines } = await open(await coupled());
  expect(opened.info.rows).toBe('coupled');
  expect(opened.oracle.batchSize).toBe(1);
  expect(lines.at(-1)).toMatch(/one row per batch/);
  await opened.close();
});

test('workers are as many as asked for, and the calling thread uses every core', async () => {
  const model = await network();
  expect((await open(model, { workers: 3 })).opened.info).toMatchObject({ workers: 3, threads: 1 });
  expect((await open(model, { workers: 0 })).opened.info.workers).toBe(0);
});

test('a model without finite logits is a user error', async () => {
  const model = await network();
  await expect(open({ ...model, eager: (x) => tf.div(model.eager(x), 0) })).rejects.toThrow(/not finite/);
});

test('a bug of ours is no reason to fall back', async () => {
  const model: TfjsModel = { ...(await network()), trace: () => Promise.reject(new TypeError('a bug')) };
  await expect(open(model)).rejects.toThrow(TypeError);
});
