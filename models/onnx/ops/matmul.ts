import type { Builder } from '../../../src/graph/builder.ts';
import type { Value } from '../../../src/graph/ir.ts';
import type { Importers } from '../importer.ts';
import { formula } from './formula.ts';

const transposed = (g: Builder, x: Value, wanted: number): Value => (wanted ? g.transpose(x, [1, 0]) : x);

/** Products of matrices. */
export const matmulOps: Importers = {
  /** A vector on the left is a row, on the right a column; the axis it lent goes again. */
  MatMul: formula(({ g, x: a, node }) => {
    const b = node.input(1);
    const left = a.shape.length === 1 ? g.reshape(a, [1, ...a.shape]) : a;
    const right = b.shape.length === 1 ? g.reshape(b, [...b.shape, 1]) : b;
    const product = g.op('MatMul', [left, right]);
    const rank = product.shape.length;
    const lent = [...(left === a ? [] : [rank - 2]), ...(right === b ? [] : [rank - 1])];
    return g.reshape(product, product.shape.filter((_, axis) => !lent.includes(axis)));
  }),
  /** alpha · A′B′ + beta · C */
  Gemm: formula(({ g, x, node }) => {
    const a = transposed(g, x, node.int('transA', 0));
    const b = transposed(g, node.input(1), node.int('transB', 0));
    const [alpha, beta] = [node.float('alpha', 1), node.float('beta', 1)];
    const product = g.op('MatMul', [a, alpha === 1 ? b : g.mul(b, alpha)]);
    const c = node.inputs[2];
    return c && beta !== 0 ? g.add(product, beta === 1 ? c : g.mul(c, beta)) : product;
  }),
};
