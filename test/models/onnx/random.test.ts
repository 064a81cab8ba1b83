import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openModel } from '../../../models/index.ts';
import { lossRows } from '../../../src/core/losses.ts';
import { randomOf } from '../../../src/core/random.ts';
import { openEngine } from '../../../src/engine/choose.ts';
import { compileModel } from '../../../src/engine/compile.ts';
import { openCompiled } from '../../../src/engine/compiledOracle.ts';
import { openSession, runtime } from '../../../src/engine/session.ts';
import { float, OnnxFile, tensor } from '../../support/onnxFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-random-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [size, classes] = [6, 3];

/** x, made random, times a matrix. */
function net(noisy: (file: OnnxFile, x: string) => string): OnnxFile {
  const file = new OnnxFile(17);
  file.input('x', ['N', size]);
  file.output('y', ['N', classes]);
  const weights = Array.from({ length: size * classes }, (_, i) => Math.sin(1.9 * i + 1));
  file.node('MatMul', [noisy(file, 'x'), file.weights(weights, [size, classes])], {}, { outputs: ['y'] });
  return file;
}

const nets: Readonly<Record<string, OnnxFile>> = {
  RandomNormalLike: net((file, x) => file.node('Add', [x, file.node('RandomNormalLike', [x], { mean: float(0.5), scale: float(2) })])),
  RandomNormal: net((file, x) => file.node('Mul', [x, file.node('RandomNormal', [], { shape: [1, size], mean: float(1), scale: float(0.5) })])),
  RandomUniformLike: net((file, x) => file.node('Add', [x, file.node('RandomUniformLike', [x], { low: float(-1), high: float(3) })])),
  RandomUniform: net((file, x) => file.node('Add', [x, file.node('RandomUniform', [], { shape: [1, size] })])),
  Bernoulli: net((file, x) => file.node('Add', [x, file.node('Bernoulli', [file.node('Sigmoid', [x])])])),
  'Dropout whose mode is a node': net((file, x) => file.node('Dropout', [x, file.weights([0.3], []), file.node('Constant', [], { value: tensor([1], [], 'BOOL') })])),
  Dropout: net((file, x) => file.node('Dropout', [x, file.weights([0.3], []), file.initializer(tensor([1], [], 'BOOL'))])),
};

async function opened(name: string, file: OnnxFile, batchSize = 8) {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, file.bytes());
  const model = await openModel(path);
  return { model, oracle: await openCompiled(await compileModel(model, { batchSize }), { threads: 1 }) };
}

const x = Float32Array.of(0.3, -0.7, 1.1, 0.4, -1.5, 0.9);
const rowsOf = (count: number): Float32Array => Float32Array.from({ length: count * size }, (_, i) => x[i % size]!);
const seed = randomOf(11);

describe.each(Object.entries(nets))('%s', (name, file) => {
  test('an answer depends on its own draw, not on its place or its neighbours', async () => {
    const { oracle } = await opened(name, file);
    expect(oracle.random).toBe(true);
    const ask = async (draws: readonly number[]): Promise<string[]> => {
      const losses = lossRows(8, classes);
      losses.a.fill(1);
      const random = draws.map((draw) => seed.split(draw));
      const forward = (await oracle.predict(rowsOf(draws.length), draws.length, random)).logits.slice();
      const { logits, gradient } = await oracle.gradient(rowsOf(draws.length), losses, draws.length, random);
      expect(logits).toEqual(forward);
      return draws.map((_, row) => [...forward.slice(row * classes, (row + 1) * classes), ...gradient.slice(row * size, (row + 1) * size)].join());
    };
    const [a, b, c] = await ask([1, 2, 3]);
    expect(new Set([a, b, c]).size).toBeGreaterThan(1); // six coins may fall alike
    expect(await ask([3, 1])).toEqual([c, a]);
    expect(await ask([2, 2, 2, 2, 2, 2, 2, 1])).toEqual([b, b, b, b, b, b, b, a]);
    await expect(oracle.predict(rowsOf(1), 1)).rejects.toThrow('draws random numbers');
    await oracle.close();
  });

  test('has the mean and spread that ONNX Runtime gives the file', async () => {
    const { oracle, model } = await opened(name, file, 64);
    const count = 4096;
    const ours = new Float32Array(count * classes);
    for (let row = 0; row < count; row += 64) {
      const draws = Array.from({ length: 64 }, (_, i) => seed.split(row + i));
      ours.set((await oracle.predict(rowsOf(64), 64, draws)).logits, row * classes);
    }
    await oracle.close();
    model.close();
    const theirs = await ownDraws(file, count);
    for (let k = 0; k < classes; k++) {
      const [here, there] = [moments(ours, k), moments(theirs, k)];
      const error = Math.sqrt((here.variance + there.variance) / count);
      expect(Math.abs(here.mean - there.mean) / error).toBeLessThan(5);
      expect(Math.abs(Math.log(here.variance / there.variance))).toBeLessThan(0.25);
    }
  });

  test('is verified against the file with its random numbers given', async () => {
    const { model, oracle } = await opened(name, file);
    await oracle.close();
    const bounds = { lower: -1, upper: 1 };
    const engine = await openEngine(model, { engine: 'auto', probe: rowsOf(8).map((value, i) => value + 0.01 * i), bounds, workers: 0, note: () => undefined });
    expect(engine.info).toMatchObject({ name: 'onnxruntime', rows: expect.stringMatching(/exact|rounding/) as string });
    expect(engine.info.reason).toMatch(/^compiled and verified/);
    expect(engine.original).toMatchObject({ random: true });
    await engine.close();
  });
});

/**
 * The file's answers about x, by numbers of ONNX Runtime's own. A stated shape is one draw for a whole batch, so x goes in
 * alone; elsewhere all together, as ONNX Runtime seeds each run's numbers by the run's own number and they hardly differ.
 */
async function ownDraws(file: OnnxFile, count: number): Promise<Float32Array> {
  const { Tensor } = await runtime();
  const session = await openSession(file.bytes(), { threads: 1 });
  const stated = file.graph().node.some(({ attribute }) => attribute.some(({ name }) => name === 'shape'));
  const together = stated ? 1 : count;
  const logits = new Float32Array(count * classes);
  for (let row = 0; row < count; row += together) {
    const answer = await session.run({ x: new Tensor('float32', rowsOf(together), [together, size]) });
    logits.set(answer['y']!.data as Float32Array, row * classes);
  }
  await session.release();
  return logits;
}

function moments(values: Float32Array, k: number): { mean: number; variance: number } {
  const column = values.filter((_, i) => i % classes === k);
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  return { mean, variance: column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length };
}

test('Dropout that is not training draws nothing', async () => {
  const { oracle } = await opened('inference', net((file, at) => file.node('Dropout', [at, file.weights([0.3], []), file.initializer(tensor([0], [], 'BOOL'))])));
  expect(oracle.random).toBeUndefined();
  await oracle.close();
});

test('numbers that a whole batch shares are named', async () => {
  const file = new OnnxFile(17);
  file.input('x', ['N', size]);
  file.output('y', ['N', classes]);
  file.node('MatMul', ['x', file.node('RandomNormal', [], { shape: [size, classes] })], {}, { outputs: ['y'] });
  await expect(opened('shared', file)).rejects.toThrow(/Noise: node .* its random numbers of shape \[6, 3\] are shared by the examples of a batch/);
});
