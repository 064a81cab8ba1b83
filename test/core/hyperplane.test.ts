import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundaryStep, type PlaneNorm } from '../../src/core/hyperplane.ts';
import { distances } from '../../src/core/norms.ts';
import { randomOf } from '../../src/core/random.ts';

/** A box, x and a point in it, a linear function with some zero weights, and its value at the point. */
const cases = fc.record({ seed: fc.integer(), size: fc.integer({ min: 1, max: 9 }), far: fc.boolean() }).map(({ seed, size, far }) => {
  const random = randomOf(seed);
  const vector = (draw: () => number) => Float32Array.from({ length: size }, draw);
  const lower = vector(() => random.normal());
  const upper = lower.map((low) => low + 0.1 + 2 * random.uniform());
  const place = () => Math.min(1, Math.max(0, 1.6 * random.uniform() - 0.3));
  const inside = () => lower.map((low, i) => Math.min(Math.max(low + place() * (upper[i]! - low), low), upper[i]!));
  const gradient = vector(() => (random.uniform() < 0.2 ? 0 : random.normal()));
  return { x: inside(), point: inside(), lower, upper, gradient, value: random.normal() * (far ? 30 : 1) };
});

type Case = ReturnType<typeof cases.generate>['value'];

/** How much each coordinate can do for a rise of the function, at most, and at what price in the norm. */
function rooms({ point, lower, upper, gradient, value }: Case) {
  const way = value < 0 ? 1 : -1;
  return Array.from(gradient, (g, i) => ({ pull: Math.abs(g), room: way * g > 0 ? upper[i]! - point[i]! : way * g < 0 ? point[i]! - lower[i]! : 0 }));
}

/** The least length that changes the function by |value|, by search alone; undefined where the box does not allow that. */
const leasts: Record<PlaneNorm, (given: Case) => number | undefined> = {
  linf: (given) => bisect(given, (length) => (coordinate) => Math.min(coordinate.room, length)),
  l2(given) {
    const at = (price: number) => (coordinate: { pull: number; room: number }) => Math.min(coordinate.room, price * coordinate.pull);
    const price = bisect(given, at);
    return price === undefined ? undefined : Math.hypot(...rooms(given).map(at(price)));
  },
  l1(given) {
    let wanted = Math.abs(given.value);
    let length = 0;
    for (const { pull, room } of rooms(given).sort((a, b) => b.pull - a.pull)) {
      const used = pull === 0 ? 0 : Math.min(room, wanted / pull);
      wanted = Math.max(0, wanted - pull * used);
      length += used;
    }
    return wanted > 1e-9 ? undefined : length;
  },
};

function bisect(given: Case, changes: (t: number) => (coordinate: { pull: number; room: number }) => number): number | undefined {
  const gained = (t: number) => rooms(given).reduce((sum, coordinate) => sum + coordinate.pull * changes(t)(coordinate), 0);
  let [low, high] = [0, 1e9];
  if (gained(high) < Math.abs(given.value)) return undefined;
  for (let round = 0; round < 100; round++) {
    const middle = (low + high) / 2;
    if (gained(middle) < Math.abs(given.value)) low = middle;
    else high = middle;
  }
  return high;
}

describe.each(['linf', 'l2', 'l1'] as const)('a step to a hyperplane in %s', (norm) => {
  test('from the point alone ends on it, the shortest way inside the box; as near as the box allows if it misses it', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { point, gradient, value, lower, upper } = given;
        const end = point.slice();
        boundaryStep(norm, end, { value, gradient }, given, { alphaMax: 0, overshoot: 1 });
        const after = value + end.reduce((sum, at, i) => sum + gradient[i]! * (at - point[i]!), 0);
        expect(end.every((at, i) => at >= lower[i]! && at <= upper[i]!)).toBe(true);
        const least = leasts[norm](given);
        if (least === undefined) {
          const most = rooms(given).reduce((sum, { pull, room }) => sum + pull * room, 0);
          expect(Math.abs(after)).toBeCloseTo(Math.abs(value) - most, 4);
        } else {
          expect(Math.abs(after)).toBeLessThan(1e-5);
          expect(distances(end, point)[norm]).toBeCloseTo(least, 5);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('mixes in the projection of x, and overshoots both', () => {
    // f = x₀ + x₁ in a wide box: the point (1, 0) has f = 1, x = (0.5, −0.25) has 0.25.
    const end = Float32Array.of(1, 0);
    const box = { x: Float32Array.of(0.5, -0.25), lower: Float32Array.of(-9, -9), upper: Float32Array.of(9, 9) };
    boundaryStep(norm, end, { value: 1, gradient: Float32Array.of(1, 1) }, box, { alphaMax: 0.25, overshoot: 2 });
    // Twice the way to the hyperplane mirrors: f is −1 there and −0.25 from x; three quarters of the first, one of the second.
    expect(end[0]! + end[1]!).toBeCloseTo(0.75 * -1 + 0.25 * -0.25, 6);
  });

  test('stays where the gradient is zero', () => {
    const end = Float32Array.of(1, 0);
    const box = { x: Float32Array.of(1, 0), lower: Float32Array.of(-9, -9), upper: Float32Array.of(9, 9) };
    boundaryStep(norm, end, { value: 1, gradient: Float32Array.of(0, 0) }, box, { alphaMax: 0.1, overshoot: 1.05 });
    expect([...end]).toEqual([1, 0]);
  });
});
