import { describe, expect, test } from 'vitest';
import { randomOf } from '../../src/core/random.ts';
import { threefry4x32 } from '../../src/core/threefry.ts';

describe('threefry4x32', () => {
  // Random123, examples/kat_vectors: zeros, ones, and the digits of pi.
  test.each([
    { counter: [0, 0, 0, 0], key: [0, 0, 0, 0], expected: '9c6ca96a e17eae66 fc10ecd4 5256a7d8' },
    { counter: [-1, -1, -1, -1], key: [-1, -1, -1, -1], expected: '2a881696 57012287 f6c7446e a16a6732' },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89],
      expected: '59cd1dbb b8879579 86b5d00c ac8b6d84',
    },
  ])("gives Random123's known answer $expected", ({ counter: [a, b, c, d], key, expected }) => {
    const words = new Uint32Array(4);
    threefry4x32(Uint32Array.from(key), a!, b!, c!, d!, words);
    expect([...words].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(expected);
  });
});

const take = (count: number, draw: () => number) => Array.from({ length: count }, draw);

describe('a stream', () => {
  test('is the same for the same keys, whatever else was drawn', () => {
    const first = randomOf(3, 17, 'pgd');
    take(5, () => randomOf(3, 18, 'pgd').normal());
    const second = randomOf(3, 17, 'pgd');
    expect(take(100, () => first.uniform())).toEqual(take(100, () => second.uniform()));
  });

  test.each([
    [[3, 17, 'pgd'], [3, 17, 'bim']],
    [[3, 17], [17, 3]],
    [['ab', 'c'], ['a', 'bc']],
    [['1'], [1]],
    [[''], ['\0']],
    [[0.5], [0.25]],
    [[1, ''], [1]],
  ] as [[number | string, ...(number | string)[]], [number | string, ...(number | string)[]]][])('of %j shares nothing with that of %j', (one, other) => {
    const [a, b] = [randomOf(...one), randomOf(...other)];
    const seen = new Set(take(1000, () => a.uniform()));
    expect(take(1000, () => b.uniform()).filter((value) => seen.has(value))).toHaveLength(0);
  });

  test('splits into the same child wherever the parent is, and equals its key appended', () => {
    const parent = randomOf(1, 'x');
    const early = parent.split(7).uniform();
    take(10, () => parent.normal());
    expect(parent.split(7).uniform()).toBe(early);
    expect(randomOf(1, 'x', 7).uniform()).toBe(early);
    expect(parent.split(8).uniform()).not.toBe(early);
  });

  test('draws uniform numbers: mean, variance and neighbours as they should be', () => {
    const stream = randomOf(5);
    const values = take(100_000, () => stream.uniform() - 0.5);
    expect(values.every((value) => value >= -0.5 && value < 0.5)).toBe(true);
    expect(Math.abs(mean(values))).toBeLessThan(0.004);
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1 / 12, 3);
    expect(Math.abs(mean(values.slice(1).map((value, i) => value * values[i]!)))).toBeLessThan(0.0012);
  });

  test('draws normal numbers: four moments and the tails as they should be', () => {
    const stream = randomOf(6);
    const values = take(100_000, () => stream.normal());
    const moment = (power: number) => mean(values.map((value) => value ** power));
    expect(Math.abs(moment(1))).toBeLessThan(0.015);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(Math.abs(moment(3))).toBeLessThan(0.05);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
    expect(values.filter((value) => value > 1.959964).length / values.length).toBeCloseTo(0.025, 2);
  });

  test('draws whole numbers evenly', () => {
    const stream = randomOf(7);
    const counts = new Array<number>(7).fill(0);
    take(70_000, () => stream.integer(7)).forEach((value) => counts[value]!++);
    expect(sum(counts)).toBe(70_000);
    expect(sum(counts.map((count) => (count - 10_000) ** 2 / 10_000))).toBeLessThan(22.5); // chi-squared, 6 degrees, p = 0.001
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
