import { describe, expect, test } from 'vitest';
import { unitBounds } from '../../src/core/bounds.ts';
import { leavesBudget, roundedTo8Bits } from '../../src/evaluate/eightBit.ts';

test('rounding takes each value to the nearest of 256 levels', () => {
  expect([...roundedTo8Bits(Float32Array.of(0, 0.3 / 255, 0.7 / 255, 100.4 / 255, 254.6 / 255, 1))]).toEqual(
    [0, 0, 1, 100, 255, 255].map((level) => Math.fround(level / 255)),
  );
});

describe('a rounded point', () => {
  const x = Float32Array.from({ length: 248 }, (_, level) => level / 255);
  const moved = (levels: number) => roundedTo8Bits(x.map((value) => value + levels / 255));
  const budget = (epsilon: number) => ({ x, norm: 'linf', epsilon, bounds: unitBounds }) as const;

  test('stays within a budget of whole levels', () => {
    expect(leavesBudget(moved(8), budget(8 / 255))).toBe(false);
  });

  test('leaves a budget between two levels by up to half a level', () => {
    expect(leavesBudget(moved(25.6), budget(25.6 / 255))).toBe(true);
    expect(leavesBudget(moved(25.4), budget(25.4 / 255))).toBe(false);
  });
});
