import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ballOf, projections } from '../../src/core/ball.ts';
import { neighbour } from '../../src/core/float32.ts';
import { distances, type Norm, norms } from '../../src/core/norms.ts';
import { randomOf } from '../../src/core/random.ts';
import { nearestByBruteForce } from '../support/nearest.ts';

/** A box, a point x of it, a budget below its diameter, and a point that may lie far outside of both. */
const cases = fc
  .record({ seed: fc.integer(), size: fc.integer({ min: 1, max: 8 }), share: fc.double({ min: 0.01, max: 1, noNaN: true }) })
  .map(({ seed, size, share }) => {
    const random = randomOf(seed);
    const lower = Float32Array.from({ length: size }, () => random.normal());
    const upper = lower.map((low) => low + 2 * random.uniform());
    // Often on a face of the box, where coordinates can go one way only.
    const place = () => Math.min(1, Math.max(0, 1.6 * random.uniform() - 0.3));
    const x = lower.map((low, i) => low + place() * (upper[i]! - low));
    const point = x.map((value) => value + 2 * random.normal());
    const gradient = x.map(() => (random.uniform() < 0.2 ? 0 : random.normal() * 10 ** (6 * random.normal())));
    const reach: Record<Norm, number> = { ...distances(lower, upper), l0: size };
    return { x, point, gradient, bounds: { lower, upper }, random, epsilonOf: (norm: Norm) => (norm === 'l0' ? Math.ceil(share * size) : share * reach[norm]) };
  });

function inside({ lower, upper }: { lower: Float32Array; upper: Float32Array }, point: Float32Array): boolean {
  return point.every((value, i) => value >= lower[i]! && value <= upper[i]!);
}

describe.each(norms)('the %s ball', (norm) => {
  const check = (property: (given: ReturnType<typeof cases.generate>['value'] & { epsilon: number }) => void, numRuns = 300) =>
    fc.assert(fc.property(cases, (given) => property({ ...given, epsilon: given.epsilonOf(norm) })), { numRuns });

  test.each(projections)('keeps every point it makes within epsilon and the box in float64 (%s)', (projection) => {
    check(({ x, point, gradient, bounds, random, epsilon }) => {
      const ball = ballOf({ norm, epsilon, x, bounds, projection });
      const projected = point.slice();
      ball.project(projected);
      const stepped = ball.sample(random);
      const made = { projected, sample: stepped.slice(), extreme: ball.extreme(gradient), stepped };
      for (let step = 0; step < 3; step++) ball.step(stepped, gradient, epsilon / 2);
      for (const [name, at] of Object.entries(made)) {
        expect(distances(at, x)[norm], name).toBeLessThanOrEqual(epsilon);
        expect(inside(bounds, at), `${name} ${at.join()}`).toBe(true);
      }
    });
  });

  test('projects to the nearest point of ball and box, as a brute-force minimiser finds it', () => {
    check(({ x, point, bounds, epsilon }) => {
      const projected = point.slice();
      ballOf({ norm, epsilon, x, bounds }).project(projected);
      const nearest = nearestByBruteForce(norm, epsilon, x, bounds, point);
      expect(Math.abs(distances(projected, point).l2 - nearest)).toBeLessThan(2e-6 * (1 + nearest));
    }, 1000);
  });

  test('leaves a point of ball and box where it is, to rounding', () => {
    check(({ x, point, bounds, epsilon }) => {
      const ball = ballOf({ norm, epsilon, x, bounds });
      ball.project(point);
      const again = point.slice();
      ball.project(again);
      expect(again).toEqual(point);
    });
  });

  test('does not move along a zero gradient', () => {
    check(({ x, bounds, random, epsilon }) => {
      const ball = ballOf({ norm, epsilon, x, bounds });
      const zero = new Float32Array(x.length);
      const point = ball.sample(random);
      const before = point.slice();
      ball.step(point, zero, epsilon);
      expect(point).toEqual(before);
      expect(ball.extreme(zero)).toEqual(x);
    });
  });

  test('is the single point x when epsilon is 0', () => {
    check(({ x, point, gradient, bounds, random }) => {
      const ball = ballOf({ norm, epsilon: 0, x, bounds });
      ball.project(point);
      expect(point).toEqual(x);
      expect(ball.sample(random)).toEqual(x);
      expect(ball.extreme(gradient)).toEqual(x);
    });
  });
});

test('the ends of a Linf interval are the farthest float32 within epsilon, at any magnitude and next to 0', () => {
  const random = randomOf(0, 'intervals');
  const bounds = { lower: -Infinity, upper: Infinity };
  for (let n = 0; n < 3000; n++) {
    // Few values of each: the epsilons that lead to 0, or just past it, are among them.
    const number = () => (1 + random.integer(4) / 4) * 2 ** (random.integer(3) === 0 ? -149 + random.integer(30) : -random.integer(20));
    const x = Float32Array.from({ length: 3 }, () => number() * (1 - 2 * random.integer(2)));
    const epsilon = random.integer(2) === 0 ? Math.abs(x[0]!) * (1 + 2 ** -26) : number();
    const ball = ballOf({ norm: 'linf', epsilon, x, bounds });
    for (const way of [-1, 1]) {
      ball.extreme(x.map(() => way)).forEach((_, i, reached) => {
        const label = `from ${x[i]} by ${way * epsilon}`;
        expect(Math.abs(reached[i]! - x[i]!), label).toBeLessThanOrEqual(epsilon);
        expect(Math.abs(neighbour(reached[i]!, way * Infinity) - x[i]!), label).toBeGreaterThanOrEqual(epsilon);
      });
    }
  }
});

test('the L1 extreme is the best point of ball and box for a linear function', () => {
  const x = Float32Array.of(0.5, 0.9, 0, 0.5);
  const best = ballOf({ norm: 'l1', epsilon: 1, x, bounds: { lower: 0, upper: 1 } }).extreme(Float32Array.of(-1, 3, -2, 0.5));
  // 0.1 up to the box's edge on the steepest, none on the third, 0.5 down on the first, the remaining 0.4 on the last.
  best.forEach((value, i) => expect(value).toBeCloseTo([0, 1, 0, 0.9][i]!, 6));
});

test('a uniform sample of the L2 ball fills it evenly: its radius to the power n is uniform', () => {
  const x = new Float32Array(3);
  const ball = ballOf({ norm: 'l2', epsilon: 2, x, bounds: { lower: -9, upper: 9 } });
  const random = randomOf(7);
  const cubes = Array.from({ length: 4000 }, () => (distances(ball.sample(random), x).l2 / 2) ** 3).sort((a, b) => a - b);
  const gap = Math.max(...cubes.map((value, i) => Math.abs(value - (i + 0.5) / cubes.length)));
  expect(gap).toBeLessThan(1.95 / Math.sqrt(cubes.length)); // Kolmogorov-Smirnov, p = 0.001
});

test('a uniform sample of the L1 ball fills it evenly: its radius to the power n is uniform', () => {
  const x = new Float32Array(3);
  const ball = ballOf({ norm: 'l1', epsilon: 2, x, bounds: { lower: -9, upper: 9 } });
  const random = randomOf(8);
  const cubes = Array.from({ length: 4000 }, () => (distances(ball.sample(random), x).l1 / 2) ** 3).sort((a, b) => a - b);
  const gap = Math.max(...cubes.map((value, i) => Math.abs(value - (i + 0.5) / cubes.length)));
  expect(gap).toBeLessThan(1.95 / Math.sqrt(cubes.length));
});

test.each(norms)('APGD\'s step in the %s ball is the mix of a step and momentum, brought back', (norm) => {
  fc.assert(
    fc.property(cases, ({ x, gradient, bounds, random, epsilonOf }) => {
      const ball = ballOf({ norm, epsilon: epsilonOf(norm), x, bounds });
      const [point, before] = [ball.sample(random), ball.sample(random)];
      const stepped = point.slice();
      ball.step(stepped, gradient, ball.epsilon);
      const mixed = point.map((at, i) => at + 0.75 * (stepped[i]! - at) + 0.25 * (at - before[i]!));
      ball.project(mixed);
      ball.glide(point, before, gradient, ball.epsilon, 0.75);
      expect(distances(before, mixed).linf).toBeLessThan(1e-5);
      expect(distances(before, x)[norm]).toBeLessThanOrEqual(ball.epsilon);
    }),
    { numRuns: 300 },
  );
});
