import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distances, norms } from '../../src/core/norms.ts';
import type { Norm } from '../../src/core/norms.ts';
import { isWithin, restrained, settle } from '../../src/evaluate/budget.ts';
import { restraintOf } from '../../src/evaluate/restraint.ts';

/** Columns: free, of whole numbers (four), immutable, both. */
const columns = { names: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], integer: Uint8Array.of(0, 1, 1, 1, 1, 0, 1), immutable: Uint8Array.of(0, 0, 0, 0, 0, 1, 1) };
const whole = fc.integer({ min: -3, max: 3 });
const real = (reach: number) => fc.double({ min: -reach, max: reach, noNaN: true }).map(Math.fround);
const examples = fc.tuple(real(3), whole, whole, whole, whole, real(3), whole).map((values) => Float32Array.from(values));
const points = fc.array(real(9), { minLength: 7, maxLength: 7 }).map((values) => Float32Array.from(values));
const epsilons = fc.oneof(fc.integer({ min: 1, max: 7 }), fc.double({ min: 0.1, max: 7, noNaN: true }));
const bounds = { lower: -3.5, upper: 4.25 };

describe.each(norms)('in %s', (norm) => {
  const budgets = fc
    .record({ x: examples, epsilon: norm === 'l0' ? fc.integer({ min: 1, max: 7 }) : epsilons })
    .map(({ x, epsilon }) => restrained({ x, norm, epsilon, bounds }, columns));

  test('any point is settled within ball and box, on whole numbers, immutable columns untouched', () => {
    fc.assert(
      fc.property(budgets, points, (budget, point) => {
        const { point: settled, distances: stated } = settle(point, budget);
        expect(stated).toEqual(distances(budget.x, settled));
        expect(isWithin(settled, { x: budget.x, norm, epsilon: budget.epsilon, bounds })).toBe(true);
        columns.integer.forEach((flag, i) => expect(flag === 0 || Number.isInteger(settled[i])).toBe(true));
        columns.immutable.forEach((flag, i) => expect(flag === 0 || settled[i] === budget.x[i]).toBe(true));
      }),
    );
  });

  test('what an attack is told of a point within the budget is what is judged, and stays as it is', () => {
    fc.assert(
      fc.property(budgets, points, (budget, point) => {
        const { point: settled } = settle(point, { ...budget, restraint: undefined! });
        const asked = settled.slice();
        budget.restraint!.snap(asked);
        expect(asked).toEqual(settle(settled, budget).point);
        expect(asked[0]).toBe(settled[0]);
        const again = asked.slice();
        budget.restraint!.snap(again);
        expect(again).toEqual(asked);
      }),
    );
  });
});

describe('a point goes', () => {
  const snapped = (norm: Norm, epsilon: number, changes: readonly number[]) => {
    const x = new Float32Array(changes.length).fill(10);
    const flags = { integer: new Uint8Array(changes.length).fill(1), immutable: new Uint8Array(changes.length) };
    const point = Float32Array.from(changes, (change) => 10 + change);
    restraintOf({ x, norm, epsilon, bounds: { lower: 0, upper: 99 } }, flags).snap(point);
    return [...point].map((value) => value - 10);
  };

  test('to the nearest whole numbers that epsilon reaches', () => {
    expect(snapped('linf', 2.7, [0.4, 0.6, -1.5, 2.6, -2.7])).toEqual([0, 1, -1, 2, -2]);
    expect(snapped('l0', 2, [0.4, -6.6, 0])).toEqual([0, -7, 0]);
    expect(snapped('l2', 3, [0.6, -1.6, 0.4])).toEqual([1, -2, 0]);
  });

  test('no further than the budget: the largest fractions first', () => {
    expect(snapped('l1', 3, [0.6, 0.7, 0.8, 0.9])).toEqual([0, 1, 1, 1]);
    expect(snapped('l2', 2, [1.2, -0.9, 0.8, 0.7])).toEqual([1, -1, 1, 1]);
  });

  test('as far from x as it was, where its changes are many and small', () => {
    expect(snapped('l1', 2, [0.45, -0.35, 0.4, 0.3, 0.5])).toEqual([1, 0, 0, 0, 1]);
    expect(snapped('l2', 9, [0.4, 0.4, -0.45, 0.4])).toEqual([0, 0, 0, 0]);
    expect(snapped('l2', 9, [...Array<number>(15).fill(0.4), -0.45])).toEqual([1, ...Array<number>(14).fill(0), -1]);
  });
});

test('nothing pulls where there is no room', () => {
  const x = Float32Array.of(0.5, 3, 3, 0.5);
  const { hold, bounds: box } = restraintOf({ x, norm: 'l2', epsilon: 0.9, bounds: { lower: 0, upper: 5 } }, { integer: Uint8Array.of(0, 1, 1, 0), immutable: Uint8Array.of(0, 0, 1, 1) });
  const gradient = Float32Array.of(1, 1, 1, 1);
  hold(gradient);
  expect(gradient).toEqual(Float32Array.of(1, 0, 0, 0));
  expect(box).toEqual({ lower: Float32Array.of(0, 3, 3, 0.5), upper: Float32Array.of(5, 3, 3, 0.5) });
});
