import type { Value } from '../../../src/graph/ir.ts';
import type { Import, Importer, Importers } from '../importer.ts';
import { formula, same } from './formula.ts';

/** Arithmetic, value by value, with broadcasting. */
export const elementwiseOps: Importers = {
  ...same('Exp Log Sqrt Reciprocal Abs Neg Sign Floor Ceil Round Erf'),
  ...same('Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh'),
  ...overAll('Add Sub Mul Div Max Min'),
  Sum: (node, into) => folded('Add', node.inputs, into),
  Mean: formula(({ g, node, into }) => g.div(folded('Add', node.inputs, into), node.inputs.length)),
  Pow: formula(({ g, x, node, into }) => {
    const exponent = node.input(1);
    const [power] = exponent.shape.length === 0 && into.isKnown(exponent) ? into.numbers(exponent) : [];
    if (power === 2) return g.mul(x, x);
    if (power === 0.5) return g.op('Sqrt', [x]);
    const mixed = x.dtype === 'float32' && exponent.dtype !== 'float32';
    return g.op('Pow', [x, mixed ? g.op('Cast', [exponent], { to: 'float32' }) : exponent]);
  }),
  Mod: (node, into) => {
    const fmod = node.int('fmod', 0);
    const [a, b] = [node.input(0), node.input(1)];
    if (a.dtype === 'float32' && !fmod) throw node.unsupported('it takes floats only with fmod = 1');
    return widened([a, b], into, (wide) => into.add('Mod', wide, { fmod }));
  },
};

/** Ops of two inputs, or as many as there are. */
function overAll(ops: string): Importers {
  return Object.fromEntries(ops.split(' ').map((op): [string, Importer] => [op, (node, into) => folded(op, node.inputs, into)]));
}

function folded(op: string, inputs: readonly (Value | undefined)[], into: Import): Value {
  const values = inputs.filter((input) => input !== undefined);
  return widened(values, into, (wide) => wide.reduce((a, b) => into.add(op, [a, b])));
}

/** ONNX Runtime computes with no integers of 8 bits: they pass through 32. */
function widened(values: readonly Value[], into: Import, compute: (wide: readonly Value[]) => Value): Value {
  const dtype = values[0]?.dtype;
  if (dtype !== 'int8' && dtype !== 'uint8') return compute(values);
  const wide = values.map((value) => into.add('Cast', [value], { to: 'int32' }));
  return into.add('Cast', [compute(wide)], { to: dtype });
}
