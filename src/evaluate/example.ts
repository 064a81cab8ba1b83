import type { Sample } from '../core/sample.ts';

/** A sample as the scheduler and the worker threads carry it: a plain row-major vector. */
export interface Example {
  readonly id: number;
  /** [size] */
  readonly x: Float32Array;
  readonly y: number;
  /** Which of the trial's attacks are left to run on it; all of them when absent. */
  readonly pending?: readonly number[];
}

export function exampleOf({ id, x, y }: Sample): Example {
  return { id, x: flatten(x), y };
}

/** Row-major values of an array, without a copy where it already is one. */
function flatten(x: Sample['x']): Float32Array {
  let step = 1;
  const rowMajor = x.shape.map((_, axis) => axis).reverse().every((axis) => {
    const expected = step;
    step *= x.shape[axis] as number;
    return x.stride[axis] === expected;
  });
  if (rowMajor) return x.data.subarray(x.offset, x.offset + x.size);
  const index = x.shape.map(() => 0);
  return Float32Array.from({ length: x.size }, () => {
    const value = x.get(...index);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (x.shape[axis] as number)) break;
      index[axis] = 0;
    }
    return value;
  });
}
