import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ceilFloat32, floorFloat32, neighbour } from '../../src/core/float32.ts';
import * as k from '../../src/core/kernels.ts';
import { distances } from '../../src/core/norms.ts';
import { randomOf } from '../../src/core/random.ts';
import { kthLargest } from '../../src/core/select.ts';
import { load, type Vectors } from '../../src/core/vector.ts';

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

type Name = keyof Vectors['run'];
type At = (i: number) => { p: number; before: number; x: number; low: number; high: number; g: number; pull: number };
interface Expected {
  readonly point?: (at: ReturnType<At>) => number;
  readonly before?: (at: ReturnType<At>) => number;
  readonly pull?: (at: ReturnType<At>) => number;
  readonly lower?: (at: ReturnType<At>) => number;
  readonly upper?: (at: ReturnType<At>) => number;
  readonly sums?: readonly ((at: ReturnType<At>) => number)[];
}

/** What each kernel computes at one coordinate, for the scalars s and 0.5, in plain JavaScript. */
function expected(s: number): Record<Name, Expected> {
  const soft = (d: number) => Math.sign(d) * Math.max(0, Math.abs(d) - s);
  const room = (d: number, { x, low, high }: ReturnType<At>) => clamp(d, low - x, high - x);
  const scaled = (at: ReturnType<At>) => room(s * (at.p - at.x), at);
  const shrunk = (at: ReturnType<At>) => room(soft(at.p - at.x), at);
  return {
    signStep: { point: ({ p, g, low, high }) => clamp(p + s * Math.sign(g), low, high) },
    glide: {
      before: ({ p, before, g, low, high }) => clamp(p + 0.5 * (clamp(p + s * Math.sign(g), low, high) - p) + 0.5 * (p - before), low, high),
    },
    recoil: { before: ({ p, before }) => s * (2 * p - before) },
    blend: { point: ({ p, before }) => s * p + before },
    move: { point: ({ p, g }) => p + s * g },
    clip: { point: ({ p, low, high }) => clamp(p, low, high) },
    gradientSquares: { sums: [({ g }) => g * g] },
    squares: { sums: [({ p, x }) => (p - x) ** 2] },
    absolutes: { sums: [({ p, x }) => Math.abs(p - x)] },
    lowerWithin: { lower: ({ p, low }) => Math.max(low, p - s), sums: [() => 0] },
    upperWithin: { upper: ({ p, high }) => Math.min(high, p + s), sums: [() => 0] },
    scale: { point: ({ p, x, low, high }) => clamp(x + s * (p - x), low, high) },
    measureScaled: { sums: [(at) => scaled(at) ** 2, (at) => (scaled(at) === s * (at.p - at.x) ? scaled(at) ** 2 : 0)] },
    hold: { point: ({ p, x, low, high }) => clamp(x + clamp(p - x, -s, s), low, high) },
    shrink: { point: ({ p, x, low, high }) => clamp(x + soft(p - x), low, high) },
    pull: { pull: ({ p, g, low, high }) => ((g > 0 && p < high) || (g < 0 && p > low) ? Math.abs(g) : 0) },
    countPulled: { sums: [({ pull }) => Number(pull >= s)] },
    movePulled: { point: ({ p, g, pull }) => (pull >= s ? p + 0.5 * Math.sign(g) : p) },
    measureShrunk: {
      sums: [(at) => Math.abs(shrunk(at)), (at) => Number(soft(at.p - at.x) !== 0 && shrunk(at) === soft(at.p - at.x))],
    },
  };
}

describe.each(Object.keys(expected(0)) as Name[])('the kernel %s', (name) => {
  test('computes what a plain loop computes, at odd and even lengths', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), fc.double({ min: 2 ** -20, max: 2, noNaN: true }), (seed, size, s) => {
        const random = randomOf(seed);
        const vector = () => Float32Array.from({ length: size }, () => (random.uniform() < 0.2 ? 0 : random.normal()));
        const [point, x, g] = [vector(), vector(), vector()];
        const [lower, upper] = [x.map((value) => value - random.integer(2)), x.map((value) => value + random.integer(2))];
        const vectors = load(point, { x, lower, upper });
        vectors.gradient.set(g);
        const [pull, before] = [vector().map(Math.abs), vector()];
        vectors.pull.set(pull);
        vectors.before.set(before);
        vectors.run[name](s, 0.5);
        const at: At = (i) => ({ p: point[i]!, before: before[i]!, x: x[i]!, low: lower[i]!, high: upper[i]!, g: g[i]!, pull: pull[i]! });
        const { point: stored = ({ p }) => p, before: came = (at) => at.before, pull: pulled = (at) => at.pull, sums = [] } = expected(s)[name];
        const { lower: bottom = ({ low }) => low, upper: top = ({ high }) => high } = expected(s)[name];
        const all = Array.from({ length: size }, (_, i) => at(i));
        vectors.point.forEach((value, i) => expect(value).toBeCloseTo(Math.fround(stored(all[i]!)), 6));
        vectors.before.forEach((value, i) => expect(value).toBeCloseTo(Math.fround(came(all[i]!)), 6));
        vectors.pull.forEach((value, i) => expect(value).toBe(pulled(all[i]!)));
        vectors.lower.forEach((value, i) => expect(value).toBeCloseTo(bottom(all[i]!), 6));
        vectors.upper.forEach((value, i) => expect(value).toBeCloseTo(top(all[i]!), 6));
        sums.forEach((sum, j) => expect(vectors.sums[j]).toBeCloseTo(total(all.map(sum)), 9));
      }),
      { numRuns: 300 },
    );
  });
});

test('every kernel has a row above', () => {
  const { run } = load(Float32Array.of(0), { x: Float32Array.of(0), lower: Float32Array.of(0), upper: Float32Array.of(0) });
  expect(Object.keys(run).filter((name) => name !== 'memory').sort()).toEqual(Object.keys(expected(0)).sort());
});

test('a kernel of one length leaves the vectors of another alone', () => {
  const region = (size: number) => ({ x: new Float32Array(size), lower: new Float32Array(size), upper: new Float32Array(size).fill(1) });
  const two = load(Float32Array.of(0.25, 3), region(2));
  load(Float32Array.of(7, 8, 9), region(3)).run.clip();
  two.run.clip();
  expect([...two.point]).toEqual([0.25, 1]);
});

test('a workspace may be larger than one page of memory', () => {
  const { a, b, run, sums } = k.workspaceOf(['a', 'b'], { count: { sums: [k.mul(k.vector('b'), k.constant(2))] } }, 200_001);
  a.fill(5);
  b.fill(0.5);
  run.count();
  expect(sums[0]).toBe(200_001);
});

test('a kernel that uses a vector the workspace lacks is refused', () => {
  expect(() => k.workspaceOf(['a'], { count: { sums: [k.vector('b')] } }, 4)).toThrow("'b'");
});

test('the k-th largest is the one of a sorted copy', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 40 }), fc.nat(), (values, n) => {
      const rank = (n % values.length) + 1;
      expect(kthLargest(Float32Array.from(values), rank)).toBe([...values].sort((a, b) => b - a)[rank - 1]);
    }),
  );
});

describe('float32 neighbours', () => {
  const bitsOf = (value: number) => new Int32Array(Float32Array.of(value).buffer)[0]!;

  test('lie one step of the bits apart, towards the other number', () => {
    expect(bitsOf(neighbour(1, 2)) - bitsOf(1)).toBe(1);
    expect(bitsOf(neighbour(1, 0)) - bitsOf(1)).toBe(-1);
    expect(neighbour(-1, 0)).toBeGreaterThan(-1);
    expect(neighbour(0, -1)).toBe(-(2 ** -149));
    expect(neighbour(2 ** -149, 0)).toBe(0);
    expect(neighbour(0.5, 0.5)).toBe(0.5);
  });

  test('enclose every number', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e30, max: 1e30, noNaN: true }), (value) => {
        const [low, high] = [floorFloat32(value), ceilFloat32(value)];
        expect(low <= value && value <= high).toBe(true);
        expect([Math.fround(low), Math.fround(high)]).toEqual([low, high]);
        if (low !== value) expect(neighbour(low, Infinity)).toBe(high);
      }),
    );
  });
});

test('distances are taken in float64, in every norm', () => {
  const found = distances(Float32Array.of(1, 2, 3, 0), Float32Array.of(4, 2, -1, 0));
  expect(found).toEqual({ linf: 4, l2: 5, l1: 7, l0: 2 });
});
