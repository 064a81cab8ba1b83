import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { openModel } from '../../models/index.ts';
import { loadTf } from '../../models/tfjs/tf.ts';
import { encodeLoss, evaluateLoss, lead, lossRows } from '../../src/core/losses.ts';
import type { Norm } from '../../src/core/norms.ts';
import { compileModel } from '../../src/engine/compile.ts';
import { openCompiled } from '../../src/engine/compiledOracle.ts';
import { outcomes } from '../support/attackRuns.ts';
import { digitsModel, digitsOnnx, digitsVectors } from '../support/digits.ts';
import { saveModel } from '../support/saveModel.ts';

// What Foolbox and torchattacks do in float64 on the digits model, against ours on the compiled model: the LayersModel of
// the same weights, and the ONNX file itself.
const vectors = await digitsVectors();
const folder = await saveModel(await digitsModel(await loadTf()));
const formats = [['LayersModel', folder], ['ONNX', digitsOnnx]] as const;
afterAll(() => rm(folder, { recursive: true }));

const stored = (name: string) => Float32Array.from(vectors[name]!.data);

interface Case {
  readonly reference: string;
  readonly attack: string;
  readonly norm: Norm;
  readonly epsilon: number;
  readonly options?: Readonly<Record<string, unknown>>;
}

// The references project onto the ball and then clip to the box, take every step and start at x.
const clip = { projection: 'clip', stopWhenFooled: false };
const fromX = { ...clip, randomStart: false };

const cases: readonly Case[] = [
  { reference: 'foolbox.FGSM eps=0.1', attack: 'fgsm', norm: 'linf', epsilon: 0.1 },
  { reference: 'foolbox.FGM(L2) eps=1.0', attack: 'fgsm', norm: 'l2', epsilon: 1 },
  { reference: 'foolbox.LinfBasicIterativeAttack eps=0.1 rel_stepsize=0.2 steps=10', attack: 'bim', norm: 'linf', epsilon: 0.1, options: clip },
  { reference: 'foolbox.L2BasicIterativeAttack eps=1.0 rel_stepsize=0.2 steps=10', attack: 'bim', norm: 'l2', epsilon: 1, options: clip },
  {
    reference: 'foolbox.LinfPGD eps=0.1 steps=40 rel_stepsize=0.01/0.3 random_start=False',
    attack: 'pgd', norm: 'linf', epsilon: 0.1, options: { ...fromX, steps: 40, stepSize: 0.01 / 0.3 },
  },
  {
    reference: 'foolbox.L2PGD eps=1.0 steps=50 rel_stepsize=0.025 random_start=False',
    attack: 'pgd', norm: 'l2', epsilon: 1, options: { ...fromX, steps: 50, stepSize: 0.025 },
  },
  { reference: 'torchattacks.MIFGSM eps=0.1 alpha=0.02 steps=10 decay=1.0', attack: 'mi-fgsm', norm: 'linf', epsilon: 0.1, options: clip },
  { reference: 'torchattacks.NIFGSM eps=0.1 alpha=0.02 steps=10 decay=1.0', attack: 'ni-fgsm', norm: 'linf', epsilon: 0.1, options: clip },
];

describe.each(formats)('%s', async (_, path) => {
  const model = await openModel(path);
  const oracle = await openCompiled(await compileModel(model, { batchSize: 16 }), { threads: 1 });
  afterAll(async () => {
    await oracle.close();
    model.close();
  });

  const labels = vectors['labels']!.data;
  const inputs = stored('inputs');
  const row = (values: Float32Array, r: number) => values.slice(r * oracle.size, (r + 1) * oracle.size);
  const examples = labels.map((y, id) => ({ id, x: row(inputs, id), y }));

  /** Errors of coordinates, relative to the largest absolute value of the reference. */
  function relativeErrors(ours: Float32Array, reference: Float32Array): Float32Array {
    const scale = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(ours.length).toBe(reference.length);
    return ours.map((value, i) => Math.abs(value - reference[i]!) / scale);
  }

  async function gradients() {
    const losses = lossRows(oracle.batchSize, oracle.classes);
    examples.forEach(({ y, id }) => encodeLoss({ crossEntropy: oneHot(y) }, losses, id, oracle.classes));
    return oracle.gradient(inputs, losses, examples.length);
  }

  function oneHot(y: number): number[] {
    return Array.from({ length: oracle.classes }, (_, k) => Number(k === y));
  }

  test('logits and the input gradient of the cross-entropy agree to 1e-4', async () => {
    const { logits, gradient } = await gradients();
    expect(Math.max(...relativeErrors(logits, stored('logits')))).toBeLessThan(1e-4);
    expect(Math.max(...relativeErrors(gradient, stored('grad_ce_sum')))).toBeLessThan(1e-4);
  });

  async function perturbed({ attack, norm, epsilon, options = {} }: Omit<Case, 'reference'>): Promise<Float32Array> {
    const points = (await outcomes(attacks[attack]!, oracle, examples, { norm, epsilon, options })).map(({ point }) => [...point!]);
    return Float32Array.from(points.flat());
  }

  describe.each(cases)('$reference', (given) => {
    test('at most 0.5 % of the coordinates differ by more than 1e-4', async () => {
      const errors = relativeErrors(await perturbed(given), stored(given.reference));
      expect(errors.filter((error) => error > 1e-4).length / errors.length).toBeLessThanOrEqual(0.005);
    });
  });

  /** How many of the points are not predicted as their label, and their mean cross-entropy. */
  async function strength(points: Float32Array): Promise<{ fooled: number; loss: number }> {
    const { logits } = await oracle.predict(points, examples.length);
    const rows = labels.map((y, r) => ({ y, z: logits.slice(r * oracle.classes, (r + 1) * oracle.classes) }));
    return {
      fooled: rows.filter(({ y, z }) => lead(y, z) < 0).length,
      loss: rows.reduce((sum, { y, z }) => sum + evaluateLoss({ crossEntropy: oneHot(y) }, z).loss, 0) / rows.length,
    };
  }

  test.each([
    { norm: 'l1', epsilon: 4, reference: 'foolbox.L1PGD eps=4.0 steps=50 rel_stepsize=0.025 random_start=False' },
    { norm: 'l2', epsilon: 1, reference: 'foolbox.L2PGD eps=1.0 steps=50 rel_stepsize=0.025 random_start=False' },
    { norm: 'linf', epsilon: 0.1, reference: 'foolbox.LinfPGD eps=0.1 steps=40 rel_stepsize=0.01/0.3 random_start=False' },
  ] as const)('PGD with our own step and projection is at least as strong in $norm', async ({ norm, epsilon, reference }) => {
    const ours = await strength(await perturbed({ attack: 'pgd', norm, epsilon, options: { stopWhenFooled: false } }));
    const theirs = await strength(stored(reference));
    expect(ours.fooled).toBeGreaterThanOrEqual(theirs.fooled);
    expect(ours.loss).toBeGreaterThan(theirs.loss);
  });
});
