import { int, ints } from '../attributes.ts';
import { axisOf, range, type Shape } from '../broadcast.ts';
import type { Attributes, DType } from '../ir.ts';
import type { Infer } from '../shapes.ts';

/** The axes that a reduction runs over, counted from the front; all when none are named. */
export function reducedAxes(attributes: Attributes, rank: number): number[] {
  return ints(attributes, 'axes', range(0, rank)).map((axis) => axisOf(axis, rank));
}

/** The shape with the given axes gone, or 1 where they are kept. */
export function reduced(shape: Shape, axes: readonly number[], keep: boolean): number[] {
  return shape.flatMap((n, axis) => (!axes.includes(axis) ? [n] : keep ? [1] : []));
}

const overAxes: Infer = (attributes, x) => {
  const keep = int(attributes, 'keepdims', 1) === 1;
  return [{ shape: reduced(x.shape, reducedAxes(attributes, x.shape.length), keep), dtype: x.dtype }];
};

const argument: Infer = (attributes, x) => {
  const axis = axisOf(int(attributes, 'axis', 0), x.shape.length);
  return [{ shape: reduced(x.shape, [axis], int(attributes, 'keepdims', 1) === 1), dtype: 'int64' }];
};

/** Many values to one, or to their order. */
export const reduceShapes: Record<string, Infer> = {
  ReduceSum: overAxes,
  ReduceMean: overAxes,
  ReduceMax: overAxes,
  ReduceMin: overAxes,
  ReduceProd: overAxes,
  ArgMax: argument,
  ArgMin: argument,
  CumSum: (_, x) => [x],
  TopK: (attributes, x) => {
    const axis = axisOf(int(attributes, 'axis', -1), x.shape.length);
    const k = int(attributes, 'k');
    if (k > (x.shape[axis] as number)) throw new Error(`${k} of ${x.shape[axis]}`);
    const shape = x.shape.map((n, i) => (i === axis ? k : n));
    const dtypes: readonly DType[] = [x.dtype, 'int64'];
    return dtypes.map((dtype) => ({ shape, dtype }));
  },
};
