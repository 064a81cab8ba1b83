import { describe, expect, test } from 'vitest';
import { bumps } from '../../attacks/parts/bumps.ts';
import { square } from '../../attacks/square.ts';
import { distances, type Norm } from '../../src/core/norms.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { randomOf } from '../../src/core/random.ts';
import { outcomes } from '../support/attackRuns.ts';
import { linearOracle } from '../support/linearOracle.ts';
import { watched } from './tables.ts';

const random = randomOf(3);
const norms = ['linf', 'l2', 'l1'] as const;
const epsilons: Record<(typeof norms)[number], number> = { linf: 0.1, l2: 0.8, l1: 4 };

/** Two classes told apart by the sum of all values, the boundary outside the box: Square spends all it may. */
function image(shape: readonly number[]): { oracle: Oracle; x: Float32Array } {
  const size = shape.reduce((a, b) => a * b, 1);
  const w = Array.from({ length: size }, () => 1);
  const oracle = { ...linearOracle([w, w.map((weight) => -weight)], [1, -1]), inputShape: shape };
  return { oracle, x: Float32Array.from({ length: size }, () => 0.3 + 0.4 * random.uniform()) };
}

async function askedOf(shape: readonly number[], norm: Norm, queries = 100): Promise<{ asked: Float32Array[]; x: Float32Array }> {
  const { oracle, x } = image(shape);
  const { oracle: asking, asked } = watched(oracle);
  const [result] = await outcomes(square, asking, [{ id: 0, x, y: 0 }], { norm, epsilon: epsilons[norm as 'l2'], options: { queries } });
  expect(result!.record).toMatchObject({ outcome: 'survived', forwardQueries: queries + 1, gradientQueries: 0 });
  return { asked: asked.slice(1, -1), x };
}

describe.each(norms)('square in %s', (norm) => {
  test.each([[[12, 12, 1]], [[9, 14, 3]], [[3, 4, 2]], [[6, 5]], [[40]], [[1]]])('spends the budget, and no more, on examples of shape %j', async (shape) => {
    const { asked, x } = await askedOf(shape, norm);
    for (const point of asked) {
      expect(distances(point, x)[norm]).toBeLessThanOrEqual(epsilons[norm]);
      expect(point.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
    if (x.length > 1) expect(distances(asked[0]!, x)[norm]).toBeGreaterThan(0.99 * Math.min(epsilons[norm], 0.3 * x.length));
  });

  test('climbs: the best point so far is never lost', async () => {
    const { asked } = await askedOf([10, 10, 1], norm, 400);
    // What the oracle sees of it.
    const height = (point: Float32Array) => Math.fround(-1 - point.reduce((sum, value) => sum + value, 0));
    const heights = asked.map(height);
    // Each proposal differs from the best before it in one or two squares only.
    let best = asked[0]!;
    for (const [k, point] of asked.entries()) {
      const changed = point.filter((value, i) => value !== best[i]).length;
      if (k > 51) expect(changed).toBeLessThanOrEqual(norm === 'linf' ? 25 : 50);
      if (heights[k]! > height(best)) best = point;
    }
    expect(height(best)).toBeGreaterThan(heights[0]!);
  });
});

test('in Linf every value lies at an end of its interval, and no proposal changes nothing', async () => {
  const { asked, x } = await askedOf([7, 7, 2], 'linf', 300);
  for (const point of asked) point.forEach((value, i) => expect(Math.abs(value - x[i]!)).toBeCloseTo(0.1, 6));
  const distinct = new Set(asked.map((point) => point.join()));
  expect(distinct.size).toBeGreaterThan(asked.length / 3);
});

test('starts in Linf with stripes from top to bottom', async () => {
  const { asked, x } = await askedOf([5, 6, 2], 'linf', 1);
  const signs = [...asked[0]!].map((value, i) => Math.sign(value - x[i]!));
  const rows = Array.from({ length: 5 }, (_, row) => signs.slice(12 * row, 12 * (row + 1)));
  for (const row of rows) expect(row).toEqual(rows[0]);
  expect(new Set(rows[0])).toEqual(new Set([1, -1]));
});

test('breaks a model without gradients, and needs fewer queries where it is easier', async () => {
  const w = Array.from({ length: 64 }, () => (random.uniform() < 0.5 ? -1 : 1));
  const b = 0.06 * 64 - 0.5 * w.reduce((sum, weight) => sum + weight, 0);
  const oracle = { ...linearOracle([w, w.map((weight) => -weight)], [b, -b]), inputShape: [8, 8, 1], differentiable: false };
  const at = async (epsilon: number) => (await outcomes(square, oracle, [{ id: 0, x: new Float32Array(64).fill(0.5), y: 0 }], { norm: 'linf', epsilon }))[0]!.record;
  const [near, far] = [await at(0.0601), await at(0.2)];
  expect([near.outcome, far.outcome]).toEqual(['broken', 'broken']);
  expect(far.forwardQueries).toBeLessThan(near.forwardQueries);
  expect((await at(0.0599)).outcome).toBe('survived');
});

test('reaches the class it is told to', async () => {
  const oracle = linearOracle([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0]);
  const example = { id: 0, x: Float32Array.of(0.6, 0.5, 0.4), y: 0 };
  const [result] = await outcomes(square, oracle, [example], { norm: 'linf', epsilon: 0.15, target: 2, options: { queries: 200 } });
  expect(result!.record).toMatchObject({ outcome: 'broken', target: 2, adversarial: 2 });
});

test.each([[5, 5], [3, 8], [1, 7], [6, 1], [1, 1]])('a pattern of %d by %d has length 1 and two sides', (rows, columns) => {
  for (const norm of ['l2', 'l1'] as const) {
    for (let draw = 0; draw < 4; draw++) {
      const pattern = bumps(rows, columns, norm, random);
      expect(distances(pattern, new Float32Array(rows * columns))[norm]).toBeCloseTo(1, 5);
      if (rows * columns > 1) expect([Math.min(...pattern) < 0, Math.max(...pattern) > 0]).toEqual([true, true]);
    }
  }
});
