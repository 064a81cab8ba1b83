import { range, sizeOf } from '../broadcast.ts';
import type { Builder } from '../builder.ts';
import type { Value } from '../ir.ts';
import { perInput, type VjpRule } from './rule.ts';

/** The matrices of a batch, transposed. */
export function flip(g: Builder, x: Value): Value {
  const rank = x.shape.length;
  return g.transpose(x, [...range(0, rank - 2), rank - 1, rank - 2]);
}

const rows = (g: Builder, x: Value): Value => {
  const columns = x.shape.at(-1) as number;
  return g.reshape(x, [sizeOf(x.shape) / columns, columns]);
};

export const matmulRules: Record<string, VjpRule> = {
  MatMul: perInput(
    ({ g, dy, inputs: [, b] }) => g.op('MatMul', [dy, flip(g, b)]),
    ({ g, dy, inputs: [a, b] }) => {
      // One matrix that many are multiplied by, a layer's weights: their rows are as many rows of one product.
      if (b.shape.length > 2) return g.op('MatMul', [flip(g, a), dy]);
      return g.op('MatMul', [flip(g, rows(g, a)), rows(g, dy)]);
    },
  ),
};
