import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { mostSalientPair, type Move } from '../../attacks/parts/salientPair.ts';
import { openModel } from '../../models/index.ts';
import { loadTf } from '../../models/tfjs/tf.ts';
import { lead } from '../../src/core/losses.ts';
import { distances, type Norm } from '../../src/core/norms.ts';
import { randomOf } from '../../src/core/random.ts';
import { compileModel } from '../../src/engine/compile.ts';
import { openCompiled } from '../../src/engine/compiledOracle.ts';
import { median } from '../../src/engine/median.ts';
import { outcomes } from '../support/attackRuns.ts';
import { digitsModel, digitsVectors } from '../support/digits.ts';
import { linearOracle } from '../support/linearOracle.ts';
import { saveModel } from '../support/saveModel.ts';
import { boxedHyperplanes } from './boxedHyperplanes.ts';

describe('on the digits model', async () => {
  const vectors = await digitsVectors();
  const folder = await saveModel(await digitsModel(await loadTf()));
  const model = await openModel(folder);
  const oracle = await openCompiled(await compileModel(model, { batchSize: 16 }), { threads: 1 });
  afterAll(async () => {
    await oracle.close();
    model.close();
    await rm(folder, { recursive: true });
  });

  const stored = (name: string) => {
    const values = Float32Array.from(vectors[name]!.data);
    return Array.from({ length: values.length / oracle.size }, (_, r) => values.slice(r * oracle.size, (r + 1) * oracle.size));
  };
  const inputs = stored('inputs');
  const examples = vectors['labels']!.data.map((y, id) => ({ id, x: inputs[id]!, y }));

  /** Infinity for a point that does not fool the model. */
  async function theirs(name: string, norm: Norm): Promise<number[]> {
    const points = stored(name);
    const { logits } = await oracle.predict(Float32Array.from(vectors[name]!.data), points.length);
    const fooled = (r: number) => lead(examples[r]!.y, logits.slice(r * oracle.classes, (r + 1) * oracle.classes)) < 0;
    return points.map((point, r) => (fooled(r) ? distances(point, inputs[r]!)[norm] : Infinity));
  }

  test.each([
    { attack: 'deepfool', norm: 'l2', reference: 'foolbox.L2DeepFool steps=50 overshoot=0.02 candidates=10' },
    { attack: 'deepfool', norm: 'linf', reference: 'foolbox.LinfDeepFool steps=50 overshoot=0.02 candidates=10' },
    { attack: 'ddn', norm: 'l2', reference: 'foolbox.DDN steps=100 init_epsilon=1.0 gamma=0.05' },
    { attack: 'fmn', norm: 'l2', reference: 'foolbox.L2FMN steps=100' },
    { attack: 'fmn', norm: 'linf', reference: 'foolbox.LInfFMN steps=100' },
    { attack: 'fmn', norm: 'l1', reference: 'foolbox.L1FMN steps=100' },
    { attack: 'fmn', norm: 'l0', reference: 'foolbox.L0FMN steps=100' },
    // The references took 1,000 steps.
    {
      attack: 'cw', norm: 'l2', options: { steps: 150, learningRate: 0.03 },
      reference: 'foolbox.L2CarliniWagner binary_search_steps=9 steps=1000 stepsize=0.01 confidence=0 initial_const=0.001',
    },
    {
      attack: 'ead', norm: 'l1', options: { steps: 100 },
      reference: 'foolbox.EAD binary_search_steps=9 steps=1000 initial_stepsize=0.01 regularization=0.01 decision_rule=EN',
    },
    // Held against what the reference does in the same norm.
    { attack: 'fmn', norm: 'l2', reference: 'foolbox.L2CarliniWagner binary_search_steps=9 steps=1000 stepsize=0.01 confidence=0 initial_const=0.001' },
    { attack: 'cw', norm: 'linf', reference: 'foolbox.LinfDeepFool steps=50 overshoot=0.02 candidates=10', options: { steps: 60 } },
    { attack: 'sigma-zero', norm: 'l0', reference: 'foolbox.L0FMN steps=100', options: { steps: 100 } },
    { attack: 'jsma', norm: 'l0', reference: 'foolbox.L0FMN steps=100' },
  ] as const)('$attack in $norm fools every example, at most 2 % farther in the median than $reference', async ({ attack, norm, reference, ...rest }) => {
    const options = 'options' in rest ? rest.options : {};
    const ours = await outcomes(attacks[attack]!, oracle, examples, { norm, epsilon: 1, options });
    const found = ours.map(({ record }) => record.smallest ?? Infinity);
    expect(Math.max(...found)).toBeLessThan(Infinity);
    expect(median(found)).toBeLessThanOrEqual(1.02 * median(await theirs(reference, norm)));
  });

  test.each([{ attack: 'ddn', norm: 'l2' }, { attack: 'fmn', norm: 'l1' }] as const)('a refinement brings $attack in $norm closer, and nothing farther', async ({ attack, norm }) => {
    const found = async (refine: number) => (await outcomes(attacks[attack]!, oracle, examples, { norm, epsilon: 1, options: { refine } })).map(({ record }) => record.smallest!);
    const [without, refined] = [await found(0), await found(100)];
    for (const [r, distance] of refined.entries()) expect(distance).toBeLessThanOrEqual(without[r]!);
    expect(refined.filter((distance, r) => distance < without[r]!).length).toBeGreaterThan(examples.length / 4);
  });

  test('EAD keeps the closest in L1 by one rule, and in the elastic net by the other', async () => {
    const beta = 0.03;
    const run = async (rule: string) => {
      const options = { steps: 60, searches: 6, beta, rule };
      const points = (await outcomes(attacks['ead']!, oracle, examples, { norm: 'l1', epsilon: 1, options })).map(({ point }) => point!);
      const changes = points.map((point, r) => distances(point, inputs[r]!));
      return { l1: changes.map(({ l1 }) => l1), net: changes.map(({ l1, l2 }) => beta * l1 + l2 * l2) };
    };
    const [l1, en] = [await run('l1'), await run('en')];
    for (let r = 0; r < examples.length; r++) {
      expect(l1.l1[r]).toBeLessThanOrEqual(en.l1[r]!);
      expect(en.net[r]).toBeLessThanOrEqual(l1.net[r]!);
    }
    expect(l1).not.toEqual(en);
  });
});

test('C&W in L2 is within 1 % of the exact distance at its defaults, also where the box stops half of the coordinates', async () => {
  const { w, cases } = boxedHyperplanes('l2', 24);
  for (const { example, b, distance } of cases.slice(0, 3)) {
    const oracle = linearOracle([w, w.map((weight) => -weight)], [b, -b]);
    const [run] = await outcomes(attacks['cw']!, oracle, [example], { norm: 'l2', epsilon: 1 });
    expect(run!.record.smallest).toBeGreaterThan(0.9999 * distance);
    expect(run!.record.smallest).toBeLessThan(1.01 * distance);
  }
});

const searching = ['deepfool', 'cw', 'ead', 'ddn', 'fmn', 'jsma', 'sigma-zero'].flatMap((name) =>
  attacks[name]!.norms.filter((norm) => norm !== 'none').map((norm) => ({ name, norm })),
);

test.each(searching)('$name in $norm finds the same in a box of another size', async ({ name, norm }) => {
  const { w, cases } = boxedHyperplanes(norm, 12);
  const { example: { x }, b } = cases[0]!;
  const size = 512; // a power of two, so that nothing is rounded
  const smallest = async (times: number) => {
    const scaled = w.map((weight) => weight / times);
    const oracle = linearOracle([scaled, scaled.map((weight) => -weight)], [b, -b]);
    const example = { id: 0, x: x.map((value) => value * times), y: 0 };
    const options = name === 'cw' && norm === 'l2' ? { steps: 300 } : {};
    const [run] = await outcomes(attacks[name]!, oracle, [example], { norm, epsilon: times, bounds: { lower: 0, upper: times }, options });
    return run!.record.smallest! / (norm === 'l0' ? 1 : times);
  };
  expect((await smallest(size)) / (await smallest(1))).toBeCloseTo(1, 2);
});

describe('JSMA', () => {
  test('finds the most salient pair of all', () => {
    const random = randomOf(2);
    const moves: Move[] = Array.from({ length: 40 }, (_, k) => ({ i: k >> 1, to: k, gain: random.normal() - 1, loss: random.normal() - 1 }));
    for (let round = 0; round < 100; round++) {
      const some = moves.filter(() => random.uniform() < 0.5);
      const pairs = some.flatMap((p) => some.map((q) => [p, q] as const)).filter(([p, q]) => p.i !== q.i && p.gain + q.gain > 0 && p.loss + q.loss > 0);
      const saliency = (pair: readonly [Move, Move] | undefined) => (pair ? (pair[0].gain + pair[1].gain) * (pair[0].loss + pair[1].loss) : 0);
      expect(saliency(mostSalientPair(some))).toBeCloseTo(Math.max(0, ...pairs.map(saliency)), 12);
    }
  });

  test('changes no more coordinates than gamma allows', async () => {
    const { w, cases } = boxedHyperplanes('l0', 24);
    const { example, b, distance } = cases.find((one) => one.distance > 2)!;
    const oracle = linearOracle([w, w.map((weight) => -weight)], [b, -b]);
    const run = async (gamma: number) => (await outcomes(attacks['jsma']!, oracle, [example], { norm: 'l0', epsilon: 24, options: { gamma } }))[0]!;
    expect((await run(2 / 24)).record.outcome).toBe('survived');
    expect((await run((distance + 1) / 24)).record.outcome).toBe('broken');
  });
});
