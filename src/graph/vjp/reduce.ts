import { int } from '../attributes.ts';
import { axisOf, pick, range, sizeOf } from '../broadcast.ts';
import type { Value } from '../ir.ts';
import { reduced, reducedAxes } from '../shapes/reduce.ts';
import type { Application, VjpRule } from './rule.ts';

const axesOf = ({ attributes, inputs: [x] }: Application): number[] => reducedAxes(attributes, x.shape.length);

/** A value of the reduction's output shape, with the reduced axes back as ones: it broadcasts against the input. */
const kept = (at: Application, value: Value): Value =>
  at.g.reshape(value, reduced(at.inputs[0].shape, axesOf(at), true));

/** Every value that equals the result takes the whole gradient, as in TF.js. */
const extreme: VjpRule = (at) => {
  const { g, inputs, y, dy } = at;
  return g.where(g.op('Equal', [inputs[0], kept(at, y)]), kept(at, dy), 0);
};

export const reduceRules: Record<string, VjpRule> = {
  ReduceSum: (at) => at.g.expand(kept(at, at.dy), at.inputs[0].shape),
  ReduceMean: (at) => {
    const shape = at.inputs[0].shape;
    return at.g.expand(at.g.mul(kept(at, at.dy), 1 / sizeOf(pick(shape, axesOf(at)))), shape);
  },
  ReduceMax: extreme,
  ReduceMin: extreme,
  /** dx_i = dy · Π_{j≠i} x_j, as the products of an n × n table whose diagonal is 1: exact at zeros. */
  ReduceProd: (at) => {
    const { g, inputs, dy } = at;
    const [x] = inputs;
    const axes = axesOf(at);
    const others = range(0, x.shape.length).filter((axis) => !axes.includes(axis));
    const perm = [...others, ...axes];
    const [outer, n] = [sizeOf(pick(x.shape, others)), sizeOf(pick(x.shape, axes))];
    const eye = g.graph.constant(
      Uint8Array.from(range(0, n * n), (i) => (i % (n + 1) === 0 ? 1 : 0)),
      [n, n],
      'bool',
    );
    const table = g.where(eye, 1, g.reshape(g.transpose(x, perm), [outer, 1, n]));
    const products = g.op('ReduceProd', [table], { axes: [2], keepdims: 0 });
    const dx = g.reshape(g.mul(products, g.reshape(dy, [outer, 1])), pick(x.shape, perm));
    return g.transpose(
      dx,
      range(0, perm.length).map((axis) => perm.indexOf(axis)),
    );
  },
  CumSum: ({ g, dy, attributes }) =>
    g.op('CumSum', [dy], { ...attributes, reverse: 1 - int(attributes, 'reverse', 0) }),
  TopK: ({ g, node, dy, inputs: [x], attributes }) => {
    const indices = node.outputs[1] as Value;
    const axis = axisOf(int(attributes, 'axis', -1), x.shape.length);
    return g.op('ScatterElements', [g.zeros(x.shape), indices, dy], { axis });
  },
};
