import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attacks } from '../../../attacks/index.ts';
import { openModel } from '../../../models/index.ts';
import type { Oracle } from '../../../src/core/oracle.ts';
import { randomOf } from '../../../src/core/random.ts';
import { compileModel } from '../../../src/engine/compile.ts';
import { openCompiled } from '../../../src/engine/compiledOracle.ts';
import { gradientEvery, predictEvery } from '../../../src/engine/everyRow.ts';
import { openSession, runtime } from '../../../src/engine/session.ts';
import { outcomes } from '../../support/attackRuns.ts';
import { digitsTest } from '../../support/digits.ts';
import { OnnxFile, tensor } from '../../support/onnxFile.ts';
import { digitsTwin, type DigitsTwin } from '../../support/quantizedDigits.ts';

const { images, labels } = await digitsTest();
const pixels = Float32Array.from(images.flat(), (value) => value / 16);
const [rows, size, classes] = [images.length, 64, 10];
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-quantized-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Opened {
  readonly bytes: Uint8Array;
  readonly oracle: Oracle;
}
const opened = new Map<DigitsTwin, Promise<Opened>>();
afterAll(async () => {
  for (const twin of opened.values()) await (await twin).oracle.close();
});

/** A twin as a file, opened and compiled. Each is opened once. */
function open(twin: DigitsTwin): Promise<Opened> {
  const found = opened.get(twin) ?? openTwin(twin);
  opened.set(twin, found);
  return found;
}

async function openTwin(twin: DigitsTwin): Promise<Opened> {
  return openFile(twin, (await digitsTwin(twin)).bytes());
}

async function openFile(name: string, bytes: Uint8Array): Promise<Opened> {
  const file = join(folder, `${name}.onnx`);
  await writeFile(file, bytes);
  const model = await openModel(file);
  return { bytes, oracle: await openCompiled(await compileModel(model, { batchSize: 32 }), { threads: 1 }) };
}

/** The file's own logits, so many rows at a time. */
async function original(bytes: Uint8Array, x: Float32Array, together: number): Promise<Float32Array> {
  const { Tensor } = await runtime();
  const session = await openSession(bytes, { threads: 1 });
  const logits = new Float32Array((x.length / size) * classes);
  for (let row = 0; row * size < x.length; row += together) {
    const batch = x.slice(row * size, (row + together) * size);
    const answer = await session.run({ input: new Tensor('float32', batch, [batch.length / size, 1, 8, 8]) });
    logits.set(answer['logits']!.data as Float32Array, row * classes);
  }
  await session.release();
  return logits;
}

const quantized: readonly DigitsTwin[] = ['qdq', 'qlinear', 'dynamic'];

/** The examples that PGD breaks. */
async function broken(twin: DigitsTwin): Promise<Set<number>> {
  const { oracle } = await open(twin);
  const examples = labels.map((y, id) => ({ id, x: pixels.slice(id * size, (id + 1) * size), y }));
  const found = await outcomes(attacks['pgd']!, oracle, examples, { norm: 'linf', epsilon: 0.1, inFlight: 64 });
  return new Set(found.filter(({ record }) => record.outcome === 'broken').map(({ record }) => record.id));
}

let brokenOnFloat: Promise<Set<number>>;
beforeAll(() => {
  brokenOnFloat = broken('float');
});

test.each(['QLinearAdd', 'QLinearMul'])("ONNX Runtime's own %s is as it runs it", async (op) => {
  const file = new OnnxFile(17);
  file.input('input', ['N', 1, 8, 8]);
  file.output('logits', ['N', classes]);
  const zero = file.initializer(tensor([128], [], 'UINT8'));
  const [a, b, c] = [0.02, 0.031, 0.045].map((step) => file.weights([step], [])) as [string, string, string];
  const side = (x: string, step: string) => [file.node('QuantizeLinear', [x, step, zero]), step, zero];
  const both = file.node(op, [...side('input', a), ...side(file.node('Tanh', ['input']), b), c, zero], {}, { domain: 'com.microsoft' });
  const weights = file.weights(Array.from({ length: size * classes }, (_, i) => Math.sin(i)), [size, classes]);
  file.node('MatMul', [file.node('Flatten', [file.node('DequantizeLinear', [both, c, zero])]), weights], {}, { outputs: ['logits'] });
  const { oracle } = await openFile(op, file.bytes());
  expect(await predictEvery(oracle, pixels, rows)).toEqual(await original(file.bytes(), pixels, rows));
  await oracle.close();
});

describe.each(quantized)('the %s twin of the conformance net', (twin) => {
  // Pixels between the grey levels too, where a value may lie between two steps.
  const random = randomOf(7);
  const between = pixels.map((value) => Math.min(1, Math.max(0, value + 0.2 * (random.uniform() - 0.5))));
  const x = Float32Array.from([...pixels, ...between]);

  test('has the logits of ONNX Runtime on the file, to the last bit, in both graphs', async () => {
    const { bytes, oracle } = await open(twin);
    // The file takes a dynamic range over the whole batch: there each example is asked about alone.
    const expected = await original(bytes, x, twin === 'dynamic' ? 1 : 2 * rows);
    expect(await predictEvery(oracle, x, 2 * rows)).toEqual(expected);
    const losses = Array.from({ length: 2 * rows }, (_, row) => ({ margin: row % classes }));
    expect((await gradientEvery(oracle, x, losses)).logits).toEqual(expected);
  });

  test('is right on 97 % of the test set', async () => {
    const { oracle } = await open(twin);
    const logits = await predictEvery(oracle, pixels, rows);
    const right = labels.filter((label, row) => {
      const z = logits.subarray(row * classes, (row + 1) * classes);
      return z.indexOf(Math.max(...z)) === label;
    });
    expect(right.length / rows).toBeGreaterThan(0.97);
  });

  test('PGD through the straight-through gradient breaks what it breaks on the float twin', async () => {
    const [onFloat, here] = [await brokenOnFloat, await broken(twin)];
    expect(onFloat.size).toBeGreaterThan(rows / 2);
    const both = [...onFloat].filter((id) => here.has(id));
    expect(both.length / onFloat.size).toBeGreaterThan(0.9);
  });
});
