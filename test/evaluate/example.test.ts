import ndarray from 'ndarray';
import { expect, test } from 'vitest';
import { exampleOf } from '../../src/evaluate/example.ts';

const data = Float32Array.from({ length: 12 }, (_, i) => i);
const flat = (x: ndarray.NdArray<Float32Array>) => exampleOf({ id: 0, y: 0, x }).x;

test('a row-major array is taken as it is, also from the middle of a larger one', () => {
  expect(flat(ndarray(data, [3, 4]))).toEqual(data);
  expect(flat(ndarray(data, [3, 4])).buffer).toBe(data.buffer);
  expect([...flat(ndarray(data, [3, 4]).lo(1))]).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
});

test('any other array is written out row by row', () => {
  expect([...flat(ndarray(data, [3, 4]).transpose(1, 0))]).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
  expect([...flat(ndarray(data, [3, 4]).hi(2, 2))]).toEqual([0, 1, 4, 5]);
});
