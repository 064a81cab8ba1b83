import { describe, expect, test } from 'vitest';
import { boundsOf, intervalAt } from '../../datasets/bounds.ts';
import { UserError } from '../../src/core/errors.ts';

const columns = ['age', 'hours', 'a=b'];

describe('bounds are', () => {
  test('[0, 1] where nothing is said', () => {
    expect(boundsOf(undefined)).toEqual({ lower: 0, upper: 1 });
  });

  test('one interval for all coordinates', () => {
    expect(boundsOf('0..255')).toEqual({ lower: 0, upper: 255 });
    expect(boundsOf(' -1..1/4 ', columns)).toEqual({ lower: -1, upper: 0.25 });
  });

  test('an interval for each column, the others the common one or [0, 1]', () => {
    expect(boundsOf('age=17..90, -1..2, a=b=0..3', columns)).toEqual({ lower: Float32Array.of(17, -1, 0), upper: Float32Array.of(90, 2, 3) });
    expect(boundsOf('hours=0..99', columns)).toEqual({ lower: Float32Array.of(0, 0, 0), upper: Float32Array.of(1, 99, 1) });
  });

  test('read coordinate by coordinate in float32', () => {
    expect(intervalAt({ lower: 0, upper: 0.1 }, 7)).toEqual([0, Math.fround(0.1)]);
    expect(intervalAt(boundsOf('age=17..90', columns), 1)).toEqual([0, 1]);
  });
});

test.each([
  ['1..0', "bounds: expected LOW..HIGH with LOW < HIGH, or NAME=LOW..HIGH for a column, found '1..0'"],
  ['0..1..2', "bounds: expected LOW..HIGH with LOW < HIGH, or NAME=LOW..HIGH for a column, found '0..1..2'"],
  ['0..1,age', "bounds: expected LOW..HIGH with LOW < HIGH, or NAME=LOW..HIGH for a column, found 'age'"],
  ['age=0..Infinity', "bounds: expected LOW..HIGH with LOW < HIGH, or NAME=LOW..HIGH for a column, found 'age=0..Infinity'"],
  ['0..1e39', "bounds: expected LOW..HIGH with LOW < HIGH, or NAME=LOW..HIGH for a column, found '0..1e39'"],
  ['1..1.000000001', "bounds: expected LOW..HIGH with LOW < HIGH, or NAME=LOW..HIGH for a column, found '1..1.000000001'"],
  ['', "bounds: expected LOW..HIGH with LOW < HIGH, or NAME=LOW..HIGH for a column, found ''"],
  ['0..1,0..2', "bounds: expected one range for the columns without one of their own, found another: '0..2'"],
  ['age=0..1,age=0..2', "bounds: expected one range for column 'age', found another: 'age=0..2'"],
  ['agee=0..1', "unknown column 'agee': did you mean age? known are age, a=b, hours"],
])('bounds %j are refused', (text, line) => {
  expect(() => boundsOf(text, columns)).toThrow(new UserError(line));
});

test('a column is refused where the data has none', () => {
  expect(() => boundsOf('age=0..1')).toThrow(new UserError("bounds: expected LOW..HIGH as the data has no named columns, found one for column 'age'"));
});
