import { describe, expect, test } from 'vitest';
import { checkEpsilon, diameter } from '../../src/core/epsilon.ts';
import type { Norm } from '../../src/core/norms.ts';

const box = { lower: Float32Array.of(0, -1, 2), upper: Float32Array.of(1, 1, 4) };

test.each<[Norm, number]>([['linf', 2], ['l2', 3], ['l1', 5], ['l0', 3]])('the diameter of a 1 × 2 × 2 box in %s is %d', (norm, expected) => {
  expect(diameter(norm, box, 3)).toBe(expected);
});

describe('epsilon', () => {
  test('may be as large as the box', () => {
    for (const norm of ['linf', 'l2', 'l1', 'l0'] as const) expect(() => checkEpsilon(norm, diameter(norm, box, 3), box, 3)).not.toThrow();
  });

  test.each<[Norm, number, string]>([
    ['linf', 8, 'epsilon 8: expected a number > 0 and at most 1, the diameter of the box in linf'],
    ['l2', -0.1, 'epsilon -0.1: expected a number > 0 and at most 2, the diameter of the box in l2'],
    ['l1', 0, 'epsilon 0: expected a number > 0 and at most 4, the diameter of the box in l1'],
    ['l0', 5, 'epsilon 5: expected a whole number from 1 to 4, the number of coordinates'],
    ['l0', 0.5, 'epsilon 0.5: expected a whole number from 1 to 4, the number of coordinates'],
    ['linf', NaN, 'epsilon NaN: expected a number > 0 and at most 1, the diameter of the box in linf'],
  ])('is refused in %s when it is %d', (norm, epsilon, message) => {
    expect(() => checkEpsilon(norm, epsilon, { lower: 0, upper: 1 }, 4)).toThrow(message);
  });
});
