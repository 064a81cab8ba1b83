import { describe, expect, test } from 'vitest';
import { randomOf } from '../../src/core/random.ts';
import { collapse } from '../../src/train/catastrophicOverfitting.ts';
import type { StepFigures } from '../../src/train/catastrophicOverfitting.ts';
import { bestEpoch, isOverfitted } from '../../src/train/earlyStopping.ts';

describe('early stopping', () => {
  test('keeps the first of the best epochs', () => {
    expect(bestEpoch([0.1, 0.4, 0.3, 0.4])).toBe(1);
    expect(bestEpoch([])).toBe(-1);
  });

  test('waits for as many epochs without a better one as it is patient', () => {
    const accuracies = [0.1, 0.4, 0.3, 0.4, 0.35];
    const stopped = accuracies.map((_, epoch) => isOverfitted(accuracies.slice(0, epoch + 1), 3));
    expect(stopped).toEqual([false, false, false, false, true]);
    expect(isOverfitted([...accuracies.slice(0, 4), 0.41], 3)).toBe(false);
    expect(isOverfitted([], 1)).toBe(false);
  });
});

/** Steps on 64 examples each with these accuracies. */
const steps = (count: number, fgsm: number, pgd: number): StepFigures[] =>
  Array.from({ length: count }, () => ({ total: 64, fgsm: 64 * fgsm, pgd: 64 * pgd }));
const healthy = [...steps(4, 0.1, 0.1), ...steps(4, 0.375, 0.25), ...steps(4, 0.5, 0.375)];

describe('catastrophic overfitting', () => {
  test('is seen when PGD collapses while the training step does ever better', () => {
    expect(collapse([...healthy, ...steps(4, 0.75, 0.125)])).toEqual({
      sound: { fgsm: 0.5, pgd: 0.375, last: 11 },
      now: { fgsm: 0.75, pgd: 0.125, last: 15 },
    });
  });

  test('is seen before a whole stretch has collapsed', () => {
    expect(collapse([...healthy, ...steps(1, 0.5, 0.375), ...steps(3, 0.9, 0)])?.sound.last).toBe(11);
    expect(collapse([...healthy, ...steps(3, 0.5, 0.375), ...steps(1, 0.9, 0)])).toBeUndefined();
  });

  test('goes back to the last stretch that was sound, not to the best', () => {
    const figures = [...healthy, ...steps(4, 0.5, 0.34375), ...steps(4, 0.5625, 0.25), ...steps(4, 0.75, 0.125)];
    expect(collapse(figures)?.sound).toEqual({ fgsm: 0.5, pgd: 0.34375, last: 15 });
  });

  test.each([
    ['healthy training', []],
    ['divergence, where both fall', steps(4, 0.1, 0.1)],
    ['PGD that falls a little', steps(4, 0.75, 0.1875)],
    ['FGSM that rises alone', steps(4, 0.9, 0.375)],
  ])('is not %s', (_, more) => {
    expect(collapse([...healthy, ...more])).toBeUndefined();
  });

  test('is not judged from fewer examples than two stretches', () => {
    expect(collapse([])).toBeUndefined();
    expect(collapse([...steps(3, 0.5, 0.5), ...steps(4, 0.9, 0)])).toBeUndefined();
    expect(collapse([...steps(4, 0.5, 0.5), ...steps(4, 0.9, 0)])).toBeDefined();
  });

  test('is not mistaken for chance: 100 epochs of 100 steps whose accuracies do not change', () => {
    const random = randomOf(0);
    for (let epoch = 0; epoch < 100; epoch++) {
      const figures: StepFigures[] = [];
      const draw = (share: number) => Array.from({ length: 32 }, () => Number(random.uniform() < share)).reduce((sum, one) => sum + one);
      for (let step = 0; step < 100; step++) figures.push({ total: 32, fgsm: draw(0.6), pgd: draw(0.5) });
      for (let step = 8; step <= 100; step += 4) expect(collapse(figures.slice(0, step))).toBeUndefined();
    }
  });
});
