import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distances, norms } from '../../src/core/norms.ts';
import { isWithin, settle } from '../../src/evaluate/budget.ts';
import type { Budget } from '../../src/evaluate/budget.ts';

const coordinate = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map(Math.fround);
const vector = (min: number, max: number) => fc.array(coordinate(min, max), { minLength: 6, maxLength: 6 }).map((v) => Float32Array.from(v));

describe.each(norms)('in %s', (norm) => {
  const epsilons = norm === 'l0' ? fc.integer({ min: 1, max: 6 }) : fc.double({ min: 1e-4, max: 3, noNaN: true });
  const budgets = fc
    .record({ x: vector(-1, 1), epsilon: epsilons, lower: vector(-2, -1), upper: vector(1, 2) })
    .map(({ x, epsilon, lower, upper }): Budget => ({ x, norm, epsilon, bounds: { lower, upper } }));

  test('any finite point is brought within ball and box', () => {
    fc.assert(
      fc.property(budgets, vector(-50, 50), (budget, point) => {
        const { point: inside, distances: stated } = settle(point, budget);
        const { lower, upper } = budget.bounds as { lower: Float32Array; upper: Float32Array };
        expect(stated).toEqual(distances(budget.x, inside));
        expect(stated[norm]).toBeLessThanOrEqual(budget.epsilon);
        expect(inside.every((value, i) => value >= lower[i]! && value <= upper[i]!)).toBe(true);
      }),
    );
  });

  test('a point that is within stays the very same', () => {
    fc.assert(
      fc.property(budgets, vector(-50, 50), (budget, point) => {
        const inside = settle(point, budget).point;
        expect(settle(inside, budget).point).toBe(inside);
      }),
    );
  });
});

test('x itself is within its box even where the box was rounded past it', () => {
  const x = Float32Array.of(0.1); // the float32 next to 0.1 lies above it
  expect(isWithin(x, { x, norm: 'linf', epsilon: 0.1, bounds: { lower: 0, upper: 0.1 } })).toBe(true);
});
