import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stdout } from 'node:process';
import ndarray from 'ndarray';
import { afterAll, describe, expect, test } from 'vitest';
import { fromLayersModel } from '../../models/index.ts';
import { loadTf } from '../../models/tfjs/tf.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { randomOf } from '../../src/core/random.ts';
import type { SampleRecord } from '../../src/core/record.ts';
import { openEngine, type OpenedEngine } from '../../src/engine/choose.ts';
import { scan } from '../../src/plan/scan.ts';
import { attackContract } from '../attacks/contract.ts';
import { smallCnn } from '../support/nets.ts';

const tf = await loadTf();
const native: string = '@tensorflow/tfjs-node';
const installed = await import(native).then(() => true, () => false);
if (!installed) stdout.write('skipped: tfjs-node not installed\n');

/** Allowed to be skipped even under BREAKWATER_NO_SKIP: tfjs-node downloads its library from a place that not every network reaches. */
const engines = ['onnxruntime', 'wasm', 'cpu', ...(installed ? (['tensorflow'] as const) : [])] as const;
test.skipIf(installed)("tensorflow (skipped: tfjs-node not installed)", () => undefined);

const opened: OpenedEngine[] = [];
afterAll(() => Promise.all(opened.map((engine) => engine.close())));

describe.each(engines)('on %s,', (engine) => {
  attackContract(async (weights, bias, batchSize = 16) => {
    const size = weights[0]!.length;
    const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [size], units: weights.length })] });
    model.setWeights([tf.transpose(tf.tensor(weights as number[][])), tf.tensor(bias as number[])]);
    const random = randomOf(3);
    const probe = Float32Array.from({ length: 8 * size }, () => random.uniform());
    const own = await openEngine(await fromLayersModel(model), { engine, batchSize, workers: 0, probe, bounds: { lower: 0, upper: 1 }, note: expect.fail });
    expect(own.info).toMatchObject({ name: engine, rows: 'exact' });
    opened.push(own);
    return own.oracle satisfies Oracle;
  });
});

describe('a scan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-engines-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Of every example under every attack: the prediction, and whether it held. */
  async function outcomesOf(engine: (typeof engines)[number]): Promise<unknown> {
    const out = join(folder, engine);
    const model = await fromLayersModel(smallCnn(tf));
    const report = await scan({ engine, model, out, data: digits, attacks: 'fgsm,pgd(steps=8)', epsilon: 0.02 });
    expect(report.engine.name).toBe(engine);
    expect(report.worstCase.robustAccuracy).toBeGreaterThan(0.1);
    expect(report.worstCase.robustAccuracy).toBeLessThan(0.9);
    const lines = readFileSync(join(out, 'samples.jsonl'), 'utf8').trim().split('\n');
    const records = lines.map((line) => JSON.parse(line) as SampleRecord).filter(({ outcome }) => outcome !== undefined);
    return records.map(({ id, attack, prediction, outcome, adversarial }) => [id, attack, prediction, outcome, adversarial].join(' ')).sort();
  }

  test.each(engines.slice(1))('on %s ends for every example as it does on onnxruntime', async (engine) => {
    expect(await outcomesOf(engine)).toEqual(await outcomesOf('onnxruntime'));
  });
});

/** 40 images of noise, labelled in turn. */
const digits: Dataset = {
  spec: 'noise',
  shape: [8, 8, 1],
  kind: 'image',
  bounds: { lower: 0, upper: 1 },
  count: 40,
  async *read() {
    await Promise.resolve();
    const random = randomOf(4);
    for (let id = 0; id < 40; id++) yield { id, x: ndarray(Float32Array.from({ length: 64 }, () => random.uniform()), [8, 8, 1]), y: id % 4 };
  },
};
