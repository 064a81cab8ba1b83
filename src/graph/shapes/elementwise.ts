import { text } from '../attributes.ts';
import { broadcast } from '../broadcast.ts';
import type { DType } from '../ir.ts';
import type { Infer } from '../shapes.ts';

const unary: Infer = (_, x) => [x];
const binary: Infer = (_, a, b) => [{ shape: broadcast(a.shape, b.shape), dtype: a.dtype }];
const truth: Infer = (_, a, b) => [{ shape: broadcast(a.shape, b.shape), dtype: 'bool' }];

const named = (names: string, infer: Infer): Record<string, Infer> =>
  Object.fromEntries(names.split(' ').map((name) => [name, infer]));

/** Value by value, with broadcasting where there are two or three. */
export const elementwiseShapes: Record<string, Infer> = {
  ...named('Identity Relu LeakyRelu Elu Selu Sigmoid HardSigmoid Softplus Softsign Tanh Erf Clip Exp Log Sqrt', unary),
  ...named(
    'Reciprocal Abs Neg Sign Floor Ceil Round Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Not Softmax LogSoftmax',
    unary,
  ),
  ...named('Add Sub Mul Div Pow Mod Min Max', binary),
  ...named('Equal Greater GreaterOrEqual Less LessOrEqual And Or', truth),
  PRelu: (_, x) => [x],
  Where: (_, condition, a, b) => [{ shape: broadcast(condition.shape, a.shape, b.shape), dtype: a.dtype }],
  Cast: (attributes, x) => [{ shape: x.shape, dtype: text(attributes, 'to') as DType }],
};
