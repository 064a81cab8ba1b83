import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stdout } from 'node:process';
import ndarray from 'ndarray';
import { afterAll, describe, expect, test } from 'vitest';
import { fromLayersModel } from '../../models/index.ts';
import { loadTf } from '../../models/tfjs/tf.ts';
import type { Dataset } from '../../src/core/dataset.ts';
import { randomOf } from '../../src/core/random.ts';
import type { SampleRecord } from '../../src/core/record.ts';
import { openEngine, type OpenedEngine } from '../../src/engine/choose.ts';
import { scan } from '../../src/plan/scan.ts';
import { attackContract } from '../attacks/contract.ts';
import { smallCnn } from '../support/nets.ts';

const tf = await loadTf();
const native: string = '@tensorflow/tfjs-node';
const installed = await import(native).then(() => true, () => false);
// Even under BREAKWATER_NO_SKIP: it downloads its library from a place that not every network reaches.
if (!installed) stdout.write('skipped: tfjs-node not installed\n');

const all = ['onnxruntime', 'wasm', 'cpu', 'tensorflow'] as const;
const engines = all.filter((engine) => installed || engine !== 'tensorflow');

const opened: OpenedEngine[] = [];
afterAll(() => Promise.all(opened.map((engine) => engine.close())));

describe.each(all)('on %s,', (engine) => {
  if (!engines.includes(engine)) return test.skip('skipped: tfjs-node not installed');

  // Between them they ask all that can be asked: gradients of each loss, alone and several at once, scores, and labels.
  const attacks = ['fgsm', 'pgd', 'apgd-dlr', 'apgd-t', 'deepfool', 'square', 'hopskipjump'];
  attackContract(async (weights, bias, batchSize = 16) => {
    const size = weights[0]!.length;
    const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [size], units: weights.length })] });
    model.setWeights([tf.transpose(tf.tensor(weights as number[][])), tf.tensor(bias)]);
    const random = randomOf(3);
    const probe = Float32Array.from({ length: 8 * size }, () => random.uniform());
    const own = await openEngine(await fromLayersModel(model), { engine, batchSize, workers: 0, probe, bounds: { lower: 0, upper: 1 }, note: (line) => expect.fail(line) });
    expect(own.info).toMatchObject({ name: engine, rows: 'exact' });
    opened.push(own);
    return own.oracle;
  }, 6, attacks);
});

/** 40 images of noise, labelled in turn. */
const noise: Dataset = {
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

describe('a scan', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-engines-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const model = await fromLayersModel(smallCnn(tf));

  /** What became of every example under every attack. */
  async function outcomesOf(engine: (typeof engines)[number]): Promise<unknown[]> {
    const out = join(folder, engine);
    const { engine: used, worstCase } = await scan({ engine, model, out, data: noise, attacks: 'fgsm,pgd(steps=8)', epsilon: 0.02 });
    expect(used.name).toBe(engine);
    expect(worstCase.robustAccuracy).toBeGreaterThan(0);
    const lines = readFileSync(join(out, 'samples.jsonl'), 'utf8').trim().split('\n');
    const records = lines.map((line) => JSON.parse(line) as Partial<SampleRecord>).filter(({ outcome }) => outcome !== undefined);
    return records.map(({ id, attack, clean, outcome, adversarial }) => [id, attack, clean, outcome, adversarial].join(' ')).sort();
  }

  test('ends for every example alike on every engine', async () => {
    const [compiled, ...eager] = [await outcomesOf('onnxruntime'), ...(await Promise.all(engines.slice(1).map(outcomesOf)))];
    expect(compiled).toHaveLength(2 * noise.count);
    for (const outcome of ['broken', 'survived', 'wrong']) expect(compiled.join()).toContain(outcome);
    for (const outcomes of eager) expect(outcomes).toEqual(compiled);
  });
});
