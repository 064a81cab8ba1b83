import { sizeOf } from '../../../src/graph/broadcast.ts';
import { Untraceable, type DType, type Value } from '../../../src/graph/ir.ts';
import { tfDType, type Recorder } from '../recorder.ts';
import type { Rule, Rules } from './rule.ts';

interface One {
  readonly x: Value;
}
interface Two {
  readonly a: Value;
  readonly b: Value;
}

const unary =
  (op: string): Rule =>
  (r, { x }: One) =>
    r.add(op, [x]);

const binary =
  (op: string): Rule =>
  (r, { a, b }: Two) =>
    r.add(op, [a, b]);

const filled =
  (value: number): Rule =>
  (r, { x }: One) =>
    r.known(new Float32Array(sizeOf(x.shape)).fill(value), x.shape, tfDType(x.dtype));

const square = (r: Recorder, x: Value): Value => r.add('Mul', [x, x]);

/** TF.js kernels that are ONNX ops under the same or another name. */
const unaryOps = {
  ...same('Abs Acos Asin Atan Ceil Cos Cosh Erf Exp Floor Log Neg Reciprocal Round Sign Sin Sinh Sqrt Tan Tanh'),
  LogicalNot: 'Not',
};
const binaryOps = {
  ...same('Add Equal Greater Less Pow Sub'),
  Multiply: 'Mul',
  RealDiv: 'Div',
  Maximum: 'Max',
  Minimum: 'Min',
  GreaterEqual: 'GreaterOrEqual',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
};

export const elementwiseRules: Rules = {
  ...mapped(unaryOps, unary),
  ...mapped(binaryOps, binary),
  Identity: (_, { x }: One) => x,
  Cast: (r, { x }: One, { dtype }: { dtype: string }) => cast(r, x, dtype),
  Rsqrt: (r, { x }: One) => r.add('Reciprocal', [r.add('Sqrt', [x])]),
  Square: (r, { x }: One) => square(r, x),
  SquaredDifference: (r, { a, b }: Two) => square(r, r.add('Sub', [a, b])),
  Expm1: (r, { x }: One) => r.add('Sub', [r.add('Exp', [x]), r.scalar(1)]),
  Log1p: (r, { x }: One) => r.add('Log', [r.add('Add', [x, r.scalar(1)])]),
  FloorDiv: (r, { a, b }: Two) => r.add('Floor', [r.add('Div', [a, b])]),
  NotEqual: (r, { a, b }: Two) => r.add('Not', [r.add('Equal', [a, b])]),
  ClipByValue: (r, { x }: One, { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number }) =>
    r.add('Clip', [x], { min: clipValueMin, max: clipValueMax }),
  Step: (r, { x }: One, { alpha }: { alpha: number }) =>
    r.add('Where', [r.add('Greater', [x, r.scalar(0)]), r.scalar(1), r.scalar(alpha)]),
  Select: (r, { condition, t, e }: { condition: Value; t: Value; e: Value }) => r.add('Where', [condition, t, e]),
  AddN: (r, terms: Readonly<Record<string, Value>>) => Object.values(terms).reduce((sum, term) => r.add('Add', [sum, term])),
  ZerosLike: filled(0),
  OnesLike: filled(1),
};

function cast(r: Recorder, x: Value, dtype: string): Value {
  if (x.dtype === dtype) return x;
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')
    throw new Untraceable(r.kernel, `casts to ${dtype}, which the graph does not hold`);
  return r.add('Cast', [x], { to: dtype satisfies DType });
}

function same(names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, name]));
}

function mapped(ops: Readonly<Record<string, string>>, rule: (op: string) => Rule): Record<string, Rule> {
  return Object.fromEntries(Object.entries(ops).map(([kernel, op]) => [kernel, rule(op)]));
}
