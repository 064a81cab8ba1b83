import { padRank, stridesOf, type Shape } from '../../../src/graph/broadcast.ts';
import type { DType, TensorData } from '../../../src/graph/ir.ts';
import { filled } from './evaluator.ts';

/** Where each cell of `shape` lies, row-major: transposed, sliced and repeated tensors are strides over the original. */
export function cells(shape: Shape, strides: readonly number[], offset = 0): Int32Array {
  let places = Int32Array.of(offset);
  for (const [axis, n] of shape.entries()) {
    const stride = strides[axis] as number;
    const next = new Int32Array(places.length * n);
    for (const [i, place] of places.entries()) for (let k = 0; k < n; k++) next[i * n + k] = place + k * stride;
    places = next;
  }
  return places;
}

/** Where each cell of `shape` lies in a tensor that is broadcast to it. */
export function broadcastCells(from: Shape, shape: Shape): Int32Array {
  const sizes = padRank(from, shape.length);
  const strides = stridesOf(sizes).map((stride, axis) => (sizes[axis] === 1 ? 0 : stride));
  return cells(shape, strides);
}

export const take = (data: TensorData, dtype: DType, places: Int32Array): TensorData =>
  filled(dtype, places.length, (i) => data[places[i] as number] as number | bigint);
