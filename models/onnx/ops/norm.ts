import type { Builder } from '../../../src/graph/builder.ts';
import type { Value } from '../../../src/graph/ir.ts';

/** |x|^p, whose sum `norm` takes the root of. */
export function powerOfSize(g: Builder, x: Value, p: number): Value {
  if (p === 2) return g.mul(x, x);
  const size = g.op('Abs', [x]);
  return p === 1 ? size : g.op('Pow', [size, p]);
}

/** The p-th root of a sum of powers. Its gradient at 0 is 0, as a norm's may be; the root's alone would be infinite. */
export function norm(g: Builder, powers: Value, p: number): Value {
  if (p === 1) return powers;
  const positive = g.op('Greater', [powers, 0]);
  const inside = g.where(positive, powers, 1);
  return g.where(positive, p === 2 ? g.op('Sqrt', [inside]) : g.op('Pow', [inside, 1 / p]), 0);
}
