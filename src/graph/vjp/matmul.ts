import { range } from '../broadcast.ts';
import type { Builder } from '../builder.ts';
import type { Value } from '../ir.ts';
import { perInput, type VjpRule } from './rule.ts';

/** The matrices of a batch, transposed. */
export function flip(g: Builder, x: Value): Value {
  const rank = x.shape.length;
  return g.transpose(x, [...range(0, rank - 2), rank - 1, rank - 2]);
}

export const matmulRules: Record<string, VjpRule> = {
  MatMul: perInput(
    ({ g, dy, inputs: [, b] }) => g.op('MatMul', [dy, flip(g, b)]),
    ({ g, dy, inputs: [a] }) => g.op('MatMul', [flip(g, a), dy]),
  ),
};
