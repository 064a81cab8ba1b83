import type { Value } from '../../../src/graph/ir.ts';
import type { Import, Importer, Importers } from '../importer.ts';
import { formula, same } from './formula.ts';

const compared = (ops: string): Importers =>
  Object.fromEntries(
    ops.split(' ').map((op): [string, Importer] => [op, (node, into) => into.add(op, [0, 1].map((at) => wide(node.input(at), into)))]),
  );

/** ONNX Runtime compares and chooses between no integers of 8 bits: they pass through 32. */
const wide = (value: Value, { add }: Import): Value =>
  value.dtype === 'int8' || value.dtype === 'uint8' ? add('Cast', [value], { to: 'int32' }) : value;

/** Truths: comparisons, their combinations, and the choice between two values. */
export const logicOps: Importers = {
  ...same('And Or Not'),
  ...compared('Equal Greater GreaterOrEqual Less LessOrEqual'),
  Where: (node, into) => {
    const [condition, a, b] = [node.input(0), node.input(1), node.input(2)];
    if (a.dtype !== 'int8') return into.add('Where', [condition, a, b]);
    return into.add('Cast', [into.add('Where', [condition, wide(a, into), wide(b, into)])], { to: 'int8' });
  },
  Xor: formula(({ g, x, node }) => g.op('Not', [g.op('Equal', [x, node.input(1)])])),
  IsNaN: formula(({ g, x }) => g.op('Not', [g.op('Equal', [x, x])])),
  IsInf: formula(({ g, x, node }) => {
    const [above, below] = [g.op('Equal', [x, Infinity]), g.op('Equal', [x, -Infinity])];
    if (!node.int('detect_negative', 1)) return above;
    return node.int('detect_positive', 1) ? g.op('Or', [above, below]) : below;
  }),
};
