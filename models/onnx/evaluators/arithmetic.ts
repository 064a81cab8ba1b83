import { int } from '../../../src/graph/attributes.ts';
import { sizeOf, stridesOf } from '../../../src/graph/broadcast.ts';
import type { DType, TensorData, Value } from '../../../src/graph/ir.ts';
import { reduced, reducedAxes } from '../../../src/graph/shapes/reduce.ts';
import { broadcastCells, cells, take } from './cells.ts';
import { filled, type Evaluator, type Evaluators } from './evaluator.ts';

/** A formula in each kind of number: what JavaScript calculates rightly in one it does not in the others. */
interface Formula<Of extends readonly unknown[]> {
  readonly float?: (...operands: { [i in keyof Of]: number }) => number;
  /** Of 32 bits or fewer; the float's where left out. */
  readonly whole?: (...operands: { [i in keyof Of]: number }) => number;
  readonly int64?: (...operands: { [i in keyof Of]: bigint }) => bigint;
}
type Compute = (...operands: (number | bigint)[]) => number | bigint;

function computeOf(formula: Formula<readonly unknown[]>, dtype: DType): Compute | undefined {
  const { float, whole = float, int64 } = formula;
  return (dtype === 'int64' ? int64 : dtype === 'float32' ? float : whole) as Compute | undefined;
}

/** The operands' numbers, each broadcast to the output. */
function broadcastOperands(inputs: readonly Value[], values: readonly TensorData[], shape: readonly number[]): TensorData[] {
  return inputs.map((input, i) => take(values[i] as TensorData, input.dtype, broadcastCells(input.shape, shape)));
}

const each =
  <Of extends readonly unknown[]>(formula: Formula<Of>): Evaluator =>
  ({ inputs, values, outputs: [y] }) => {
    const compute = computeOf(formula as Formula<readonly unknown[]>, (inputs[0] as Value).dtype);
    if (!y || !compute) return undefined;
    const operands = broadcastOperands(inputs, values, y.shape);
    return [filled(y.dtype, sizeOf(y.shape), (i) => compute(...operands.map((operand) => operand[i] as number | bigint)))];
  };

type One = readonly [unknown];
type Two = readonly [unknown, unknown];

/** The same, where whole numbers do not divide by zero. */
const dividing =
  (formula: Formula<Two>): Evaluator =>
  (at) => {
    const [, divisor] = at.values as readonly ArrayLike<number | bigint>[];
    const whole = at.inputs[0]?.dtype !== 'float32';
    return whole && Array.from(divisor ?? []).some((value) => Number(value) === 0) ? undefined : each(formula)(at);
  };

/** Numbers of any kind to 0 or 1. */
const truth = (holds: (a: number | bigint, b: number | bigint) => boolean): Evaluator => {
  const compute = (a: number | bigint, b: number | bigint): number => (holds(a, b) ? 1 : 0);
  return ({ inputs, values, outputs: [y] }) => {
    if (!y) return undefined;
    const [a, b = a] = broadcastOperands(inputs, values, y.shape) as [TensorData, TensorData?];
    return [filled(y.dtype, sizeOf(y.shape), (i) => compute(a[i] as number, b[i] as number))];
  };
};

/** ONNX's Mod: the divisor's sign, or with fmod = 1 the dividend's. */
const mod: Evaluator = (at) =>
  dividing(
    int(at.attributes, 'fmod', 0)
      ? { float: (a, b) => a % b, int64: (a, b) => a % b }
      : { whole: (a, b) => ((a % b) + b) % b, int64: (a, b) => ((a % b) + b) % b },
  )(at);

const roundToEven = (a: number): number => (Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a));

const where: Evaluator = ({ inputs, values, outputs: [y] }) => {
  if (!y) return undefined;
  const [condition, a, b] = broadcastOperands(inputs, values, y.shape) as [TensorData, TensorData, TensorData];
  return [filled(y.dtype, sizeOf(y.shape), (i) => (condition[i] ? a[i] : b[i]) as number | bigint)];
};

/** Towards zero, as C has it; what no whole number can hold has no answer. */
const cast: Evaluator = ({ values, outputs: [y] }) => {
  const data = Array.from((values[0] ?? []) as ArrayLike<number | bigint>);
  if (!y || (y.dtype !== 'float32' && y.dtype !== 'bool' && !data.every((value) => Number.isFinite(Number(value))))) return undefined;
  const to: Record<DType, (value: number | bigint) => number | bigint> = {
    float32: Number,
    bool: (value) => (Number(value) === 0 ? 0 : 1),
    int8: (value) => Number(BigInt.asIntN(8, whole(value))),
    uint8: (value) => Number(BigInt.asUintN(8, whole(value))),
    int32: (value) => Number(BigInt.asIntN(32, whole(value))),
    int64: whole,
  };
  return [filled(y.dtype, data.length, (i) => to[y.dtype](data[i] as number | bigint))];
};

const whole = (value: number | bigint): bigint => (typeof value === 'bigint' ? value : BigInt(Math.trunc(value)));

/** Folds the values that go to the same cell of the output. */
const folding =
  (formula: Formula<Two>): Evaluator =>
  ({ inputs: [x], values: [data], attributes, outputs: [y] }) => {
    const compute = computeOf(formula, x?.dtype ?? 'float32');
    if (!x || !y || !data || data.length === 0 || !compute) return undefined;
    const axes = reducedAxes(attributes, x.shape.length);
    const strides = stridesOf(reduced(x.shape, axes, true)).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
    const result = new Map<number, number | bigint>();
    for (const [i, to] of cells(x.shape, strides).entries()) {
      const before = result.get(to);
      const value = data[i] as number | bigint;
      result.set(to, before === undefined ? value : compute(before, value));
    }
    return [filled(y.dtype, sizeOf(y.shape), (i) => result.get(i) as number | bigint)];
  };

const sum: Formula<Two> = { float: (a, b) => a + b, int64: (a, b) => a + b };
const product: Formula<Two> = { float: (a, b) => a * b, int64: (a, b) => a * b };
const larger: Formula<Two> = { float: Math.max, int64: (a, b) => (a > b ? a : b) };
const smaller: Formula<Two> = { float: Math.min, int64: (a, b) => (a < b ? a : b) };

/** Number by number, and sums. Types wrap as C's do, whole division rounds towards zero. */
export const arithmeticEvaluators: Evaluators = {
  Add: each(sum),
  Sub: each<Two>({ float: (a, b) => a - b, int64: (a, b) => a - b }),
  Mul: each(product),
  Div: dividing({ float: (a, b) => a / b, whole: (a, b) => Math.trunc(a / b), int64: (a, b) => a / b }),
  Mod: mod,
  Pow: each<Two>({ float: (a, b) => a ** b }),
  Max: each(larger),
  Min: each(smaller),

  Equal: truth((a, b) => a === b),
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  And: truth((a, b) => Boolean(a) && Boolean(b)),
  Or: truth((a, b) => Boolean(a) || Boolean(b)),
  Not: truth((a) => !a),
  Where: where,
  Cast: cast,

  Neg: each<One>({ float: (a) => -a, int64: (a) => -a }),
  Abs: each<One>({ float: Math.abs, int64: (a) => (a < 0n ? -a : a) }),
  Sign: each<One>({ float: Math.sign, int64: (a) => (a > 0n ? 1n : a < 0n ? -1n : 0n) }),
  Floor: each<One>({ float: Math.floor }),
  Ceil: each<One>({ float: Math.ceil }),
  Round: each<One>({ float: roundToEven }),
  Sqrt: each<One>({ float: Math.sqrt }),

  ReduceSum: folding(sum),
  ReduceProd: folding(product),
  ReduceMax: folding(larger),
  ReduceMin: folding(smaller),
};
