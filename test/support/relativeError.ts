import { expect } from 'vitest';

/** The largest difference, relative to the largest expected value. NaN where either holds one. */
export function relativeError(found: ArrayLike<number | bigint>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  let [difference, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(Number(found[i]) - expected[i]!));
    size = Math.max(size, Math.abs(expected[i]!));
  }
  return size === 0 ? difference : difference / size;
}
