import { expect } from 'vitest';
import { lower } from '../../src/engine/lower.ts';
import { openSession, runtime } from '../../src/engine/session.ts';
import { sizeOf } from '../../src/graph/broadcast.ts';
import type { Open, Tensor } from '../../src/graph/check.ts';
import type { TensorData } from '../../src/graph/ir.ts';

/** Opens a one-input graph in ONNX Runtime. */
export const open: Open = async (graph) => {
  const { Tensor } = await runtime();
  const session = await openSession(lower(graph), { threads: 1 });
  const [input] = graph.inputs;
  return async (x) => {
    const results = await session.run({ [input!.node.name]: new Tensor('float32', x, input!.shape) });
    return new Map(Object.entries(results).map(([name, { data }]) => [name, { data: data as TensorData }]));
  };
};

/** Distinct values 0.1 apart, in no order, none nearer than 0.05 to a multiple of 0.1: no kink within reach. */
export function spread(shape: readonly number[], centre = 0): Tensor {
  const size = sizeOf(shape);
  let stride = Math.max(1, Math.round(size * 0.382));
  while (gcd(stride, size) !== 1) stride++;
  const data = Float32Array.from(
    { length: size },
    (_, i) => centre + 0.1 * (((i * stride + 3) % size) - Math.floor(size / 2)) + 0.05,
  );
  return { data, shape, dtype: 'float32' };
}

/** Irregular values of size about one: weights, and inputs of smooth ops. */
export function wave(shape: readonly number[], phase = 0): Tensor {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => Math.sin(1.7 * i + phase) + 0.3 * Math.cos(5.3 * i),
  );
  return { data, shape, dtype: 'float32' };
}

/** Values in (low, high). */
export function between(low: number, high: number, shape: readonly number[]): Tensor {
  const unit = (i: number): number => (0.31 + i * 0.618034) % 1;
  return {
    data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => low + (high - low) * unit(i)),
    shape,
    dtype: 'float32',
  };
}

export const int64 = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor => ({
  data: BigInt64Array.from(values, BigInt),
  shape,
  dtype: 'int64',
});

export const bool = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor => ({
  data: Uint8Array.from(values),
  shape,
  dtype: 'bool',
});

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const largest = Math.max(1e-9, ...Array.from(expected, Math.abs));
  const error = Math.max(0, ...Array.from(actual, (value, i) => Math.abs(value - expected[i]!)));
  expect(error / largest).toBeLessThan(tolerance);
}
