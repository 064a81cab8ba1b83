import { rm } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { autoattack } from '../../attacks/autoattack.ts';
import { openModel } from '../../models/index.ts';
import { loadTf } from '../../models/tfjs/tf.ts';
import type { Norm } from '../../src/core/norms.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { compileModel } from '../../src/engine/compile.ts';
import { openCompiled } from '../../src/engine/compiledOracle.ts';
import { outcomes } from '../support/attackRuns.ts';
import { digitsModel, digitsTest } from '../support/digits.ts';
import { linearOracle } from '../support/linearOracle.ts';
import { saveModel } from '../support/saveModel.ts';

const folder = await saveModel(await digitsModel(await loadTf()));
const model = await openModel(folder);
const oracle = await openCompiled(await compileModel(model, { batchSize: 64 }), { threads: 1 });
const { images, labels } = await digitsTest();
const digits = images.map((image, id) => ({ id, x: Float32Array.from(image, (value) => value / 16), y: labels[id]! }));
afterAll(async () => {
  await oracle.close();
  model.close();
  await rm(folder, { recursive: true });
});

describe('on the 397 digits', () => {
  // The authors' own code, version standard. Of our seeds 0 to 3 one leaves 26.2 % as well, the others one digit less.
  test.each([
    ['linf', 0.1, 0.262],
    ['l2', 1, 0],
    ['l1', 4, 0],
  ] as const)('leaves no more in %s at %d than the authors leave', async (norm, epsilon, robust) => {
    const results = await outcomes(autoattack, oracle, digits, { norm, epsilon, inFlight: 128, seed: 1 });
    const survived = results.filter(({ record }) => record.outcome === 'survived');
    expect(survived.length / digits.length).toBeLessThanOrEqual(robust + 0.0001);
    expect(results.filter(({ record }) => record.error ?? record.silentSuccess)).toEqual([]);
    for (const { record } of results) expect(record.by !== undefined).toBe(record.outcome === 'broken');
  });
});

describe('members', () => {
  const members = (version: string, norm: Norm, classes: number) => autoattack.members!({ norm, classes }, { version } as { version: 'standard' });

  test('are those of the authors, in their order', () => {
    expect(members('standard', 'linf', 10)).toEqual(['apgd-ce', 'apgd-t', 'fab-t', 'square']);
    expect(members('plus', 'l2', 10)).toEqual(['apgd-ce', 'apgd-dlr', 'fab', 'square', 'apgd-t', 'fab-t']);
    expect(members('rand', 'linf', 10)).toEqual(['apgd-ce', 'apgd-dlr']);
  });

  test('leave out the DLR loss of two classes', () => {
    expect(members('plus', 'linf', 2)).toEqual(['apgd-ce', 'fab', 'square', 'apgd-t', 'fab-t']);
    expect(members('rand', 'l1', 2)).toEqual(['apgd-ce']);
  });

  test('ask no more queries than stated', () => {
    const cost = (norm: Norm, classes: number) => autoattack.cost({ norm, classes, size: 784 }, { version: 'standard' });
    // 101 of APGD-CE, 9 × 101 of APGD-T, 9 × 100 of FAB-T; 9 × 100 looks, 5,001 of Square, one at the end of each.
    expect(cost('linf', 10)).toEqual({ gradient: 1910, forward: 5905 });
    // 5 × 103, 5 × 103 and 900.
    expect(cost('l1', 10)).toEqual({ gradient: 1930, forward: 5905 });
    expect(cost('linf', 2)).toEqual({ gradient: 302, forward: 5105 });
  });
});

describe('with few classes', () => {
  const x = Float32Array.of(0.5, 0.5, 0.5, 0.5);
  // z₀ − z₁ = 2 (x₀ + x₁ + x₂ + x₃) − 3.2: x is of class 0, 0.1 from class 1.
  const rows = [[1, 1, 1, 1], [-1, -1, -1, -1], [0, 0, 0, 0]];
  const bias = [-1.6, 1.6, -9];

  test.each([2, 3])('of %d classes every version runs to its end, and breaks what can be broken', async (classes) => {
    const few = linearOracle(rows.slice(0, classes), bias.slice(0, classes));
    for (const version of ['standard', 'plus', 'rand']) {
      const at = async (epsilon: number) => (await outcomes(autoattack, few, [{ id: 0, x, y: 0 }], { norm: 'linf', epsilon, options: { version } }))[0]!.record;
      expect(await at(0.09)).toMatchObject({ outcome: 'survived' });
      expect(await at(0.11)).toMatchObject({ outcome: 'broken', by: 'apgd-ce' });
    }
  });
});

test('names the member whose point left the label, where the wanted class is out of reach', async () => {
  const x = Float32Array.of(0.5, 0.5);
  // Of class 0, and 0.1 from class 1; on the way to class 2, which the box has nothing of.
  const oracle = linearOracle([[0, 0], [1, 1], [2, 2]], [0, -1.2, -9]);
  for (const version of ['standard', 'plus', 'rand']) {
    const [result] = await outcomes(autoattack, oracle, [{ id: 0, x, y: 0 }], { norm: 'linf', epsilon: 0.11, target: 2, options: { version } });
    expect(result!.record).toMatchObject({ outcome: 'broken', adversarial: 1, by: 'apgd-ce' });
  }
});

test('names the member that found it: what has no gradient is left to Square', async () => {
  const linear = linearOracle([[1, 1, 1, 1], [-1, -1, -1, -1]], [-1.6, 1.6]);
  const masked = {
    ...linear,
    gradient: async (...asked: Parameters<typeof linear.gradient>) => {
      const answer = await linear.gradient(...asked);
      return { ...answer, gradient: answer.gradient.fill(0) };
    },
  };
  const examples = Array.from({ length: 5 }, (_, id) => ({ id, x: Float32Array.of(0.5, 0.5, 0.5, 0.5), y: 0 }));
  const results = await outcomes(autoattack, masked, examples, { norm: 'linf', epsilon: 0.101 });
  expect(results.map(({ record }) => record.by)).toEqual(Array(5).fill('square'));
});

test('rand averages over the draws of a model whose own noise hides the gradient', async () => {
  const size = 16;
  const linear = linearOracle([new Array(size).fill(-1), new Array(size).fill(1)], [0.58 * size, -0.58 * size]);
  // z₀ − z₁ = 2 Σ (0.58 − x): at Linf distance of 0.08 from class 1. The gradient's noise is three times its size.
  const noisy: Oracle = {
    ...linear,
    random: true,
    async gradient(points, losses, rows, draws) {
      const answer = await linear.gradient(points, losses, rows);
      for (let r = 0; r < rows; r++) {
        const row = answer.gradient.subarray(r * size, (r + 1) * size);
        const scale = 3 * Math.max(...row.map(Math.abs));
        for (let i = 0; i < size; i++) row[i]! += scale * draws![r]!.normal();
      }
      return answer;
    },
  };
  const examples = Array.from({ length: 4 }, (_, id) => ({ id, x: new Float32Array(size).fill(0.5), y: 0 }));
  const at = (epsilon: number) => outcomes(autoattack, noisy, examples, { norm: 'linf', epsilon, options: { version: 'rand' } });
  for (const { record } of await at(0.0801)) expect(record).toMatchObject({ outcome: 'broken', by: 'apgd-ce', gradientQueries: 20 * 101 });
  for (const { record } of await at(0.079)) expect(record).toMatchObject({ outcome: 'survived' });
});
