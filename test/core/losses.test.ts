import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targeted, untargeted } from '../../src/core/goal.ts';
import { encodeLoss, evaluateLoss, lead, type Loss, lossRows } from '../../src/core/losses.ts';
import { randomOf } from '../../src/core/random.ts';
import { lossOfRow } from '../support/linearOracle.ts';

const classes = 5;
const losses: Readonly<Record<string, Loss>> = {
  'cross-entropy of a label': { crossEntropy: [0, 0, 1, 0, 0] },
  'cross-entropy of a distribution': { crossEntropy: [0.125, 0, 0.5, 0.25, 0.125] },
  'minus the cross-entropy of a target': { crossEntropy: [0, -1, 0, 0, 0] },
  linear: { linear: [1, 0, -2, 0.5, 0] },
  margin: { margin: 3 },
  dlr: { dlr: 1 },
  'targeted dlr': { targetedDlr: [0, 4] },
};

describe.each(Object.entries(losses))('%s', (_name, loss) => {
  test('has the derivative that central differences measure', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomOf(seed);
        const z = Float64Array.from({ length: classes }, () => 4 * random.normal());
        const sorted = [...z].sort((a, b) => a - b);
        fc.pre(sorted.every((value, i) => i === 0 || value - sorted[i - 1]! > 0.1)); // off the kinks
        const { cotangent } = evaluateLoss(loss, z);
        z.forEach((value, k) => {
          const at = (step: number) => evaluateLoss(loss, z.with(k, value + step)).loss;
          expect(Math.abs(cotangent[k]! - (at(1e-5) - at(-1e-5)) / 2e-5)).toBeLessThan(1e-6);
        });
      }),
    );
  });

  test('survives the way into a batch', () => {
    const rows = lossRows(3, classes);
    rows.a.fill(7);
    rows.b.fill(7);
    encodeLoss(loss, rows, 1, classes);
    const z = [0.5, -1, 2, 3, 1.5];
    expect(evaluateLoss(lossOfRow(rows, 1, classes), z)).toEqual(evaluateLoss(loss, z));
    expect([...rows.a.subarray(0, classes), ...rows.b.subarray(2 * classes)]).toEqual(new Array(2 * classes).fill(7));
  });

  test('refuses a logit that is not finite', () => {
    expect(() => evaluateLoss(loss, [0, NaN, 0, 1, 2])).toThrow('not finite');
  });
});

test('values are those of the papers', () => {
  const z = [1, 4, 2, 0, -1];
  expect(evaluateLoss({ crossEntropy: [1, 0, 0, 0, 0] }, z).loss).toBeCloseTo(-1 + Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)), 12);
  expect(evaluateLoss({ margin: 1 }, z).loss).toBe(-2);
  expect(evaluateLoss({ dlr: 1 }, z).loss).toBeCloseTo(-2 / 3, 10); // (2 − 4) / (4 − 1)
  expect(evaluateLoss({ targetedDlr: [1, 3] }, z).loss).toBeCloseTo(-4 / 3.5, 10); // (0 − 4) / (4 − (1 + 0) / 2)
});

test('the cross-entropy of a certain example keeps its derivative at the label', () => {
  const { loss, cotangent } = evaluateLoss({ crossEntropy: [1, 0, 0] }, [45, 0, 0]);
  const p = Math.exp(-45);
  expect(loss / (2 * p)).toBeCloseTo(1, 12);
  expect(cotangent[0]! / (-2 * p)).toBeCloseTo(1, 12);
  expect(cotangent[1]! / p).toBeCloseTo(1, 12);
});

test('a loss that needs more classes than there are says so', () => {
  expect(() => evaluateLoss({ dlr: 0 }, [1, 2])).toThrow('classes');
  expect(() => evaluateLoss({ targetedDlr: [0, 1] }, [1, 2, 3])).toThrow('classes');
});

test('a loss that does not fit the classes never reaches a batch', () => {
  const rows = lossRows(2, 3);
  expect(() => encodeLoss({ crossEntropy: [1, 0] }, rows, 0, 3)).toThrow('2 weights: expected one for each of 3');
  expect(() => encodeLoss({ linear: [1, 0, 0, 0] }, rows, 0, 3)).toThrow('4 weights');
  expect(() => encodeLoss({ margin: 3 }, rows, 0, 3)).toThrow('class 3: expected 0 to 2');
});

describe('a goal', () => {
  test('is not reached by a tie', () => {
    for (const goal of [untargeted(1, 3), targeted(1, 2, 3)]) expect(goal.margin([0, 2, 2])).toBeCloseTo(0, 15);
  });

  test('is reached by any other class, or by the wanted one alone', () => {
    expect(untargeted(1, 3).margin([5, 2, 1])).toBe(3);
    expect(targeted(1, 2, 3).margin([5, 2, 1])).toBe(-4);
    expect(targeted(1, 2, 3).margin([0, 2, 3])).toBe(1);
  });

  test('has losses that rise towards it', () => {
    const [z, closer] = [[3, 1, 2, 0], [2, 1, 2.5, 0]];
    for (const goal of [untargeted(0, 4), targeted(0, 2, 4)])
      for (const name of ['crossEntropy', 'margin', 'dlr'] as const)
        expect(evaluateLoss(goal.lossNamed(name), closer).loss).toBeGreaterThan(evaluateLoss(goal.lossNamed(name), z).loss);
  });

  test('refuses logits that are not finite, classes that are none, and DLR with too few classes', () => {
    expect(() => untargeted(0, 3).margin([1, Infinity, 0])).toThrow('not finite');
    expect(() => lead(0, [NaN, 1])).toThrow('not finite');
    expect(() => untargeted(3, 3)).toThrow('class 3: expected 0 to 2');
    expect(() => targeted(0, -1, 3)).toThrow('class -1: expected 0 to 2');
    expect(() => untargeted(0, 2).lossNamed('dlr')).toThrow('at least 3 classes');
    expect(() => targeted(0, 1, 3).lossNamed('dlr')).toThrow('at least 4 classes');
  });
});
