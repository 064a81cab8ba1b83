import type { Value } from '../../../src/graph/ir.ts';
import { axisOf, range } from '../../../src/graph/broadcast.ts';
import type { Recorder } from '../recorder.ts';
import type { Rule, Rules } from './rule.ts';

interface Reduction {
  readonly axis?: number | readonly number[];
  /** Max calls its axes so. */
  readonly reductionIndices?: number | readonly number[];
  readonly keepDims?: boolean;
}

export const reduceRules: Rules = {
  Sum: reduction('ReduceSum'),
  Prod: reduction('ReduceProd'),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Mean: (r, { x }: { x: Value }, attributes: Reduction) => {
    const axes = axesOf(x, attributes);
    const inner = range(1, x.shape.length - 1);
    const overSpace = (x.shape.length === 3 || x.shape.length === 4) && axes.join() === inner.join();
    return overSpace ? spatialMean(r, x, attributes) : reduce(r, 'ReduceMean', x, attributes);
  },
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Cumsum: (r, { x }: { x: Value }, { axis, exclusive, reverse }: { axis: number; exclusive: boolean; reverse: boolean }) =>
    r.add('CumSum', [x], { axis, exclusive: Number(exclusive), reverse: Number(reverse) }),
};

function reduction(op: string): Rule {
  return (r, { x }: { x: Value }, attributes: Reduction) => reduce(r, op, x, attributes);
}

function argument(op: string): Rule {
  return (r, { x }: { x: Value }, { axis }: { axis: number }) =>
    r.add('Cast', [r.add(op, [x], { axis, keepdims: 0 })], { to: 'int32' });
}

function reduce(r: Recorder, op: string, x: Value, attributes: Reduction): Value {
  return r.add(op, [x], { axes: axesOf(x, attributes), keepdims: Number(attributes.keepDims ?? false) });
}

/** Channels-last mean over all positions: unlike ReduceMean, the pool gives a row the same bits in any batch. */
function spatialMean(r: Recorder, x: Value, { keepDims = false }: Reduction): Value {
  const { shape } = x;
  const [rows, channels] = [shape[0] as number, shape.at(-1) as number];
  const pooled = r.add('GlobalAveragePool', [r.transpose(x, [0, shape.length - 1, ...range(1, shape.length - 1)])]);
  return r.reshape(pooled, keepDims ? [rows, ...shape.slice(1, -1).map(() => 1), channels] : [rows, channels]);
}

function axesOf(x: Value, { axis, reductionIndices = axis }: Reduction): number[] {
  const rank = x.shape.length;
  const axes = typeof reductionIndices === 'number' ? [reductionIndices] : (reductionIndices ?? range(0, rank));
  return axes.map((each) => axisOf(each, rank)).sort((a, b) => a - b);
}
