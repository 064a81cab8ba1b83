import { int } from '../attributes.ts';
import { axisOf, range } from '../broadcast.ts';
import { Untraceable, type Value } from '../ir.ts';
import type { VjpRule } from './rule.ts';

export const normalizeRules: Record<string, VjpRule> = {
  /** Neither moving nor stretching all values changes the result: the cotangent loses what does that. */
  LayerNormalization: ({ g, node, dy, dys, inputs: [x, scale], attributes }, input) => {
    if (dys[1] ?? dys[2]) throw new Untraceable('LayerNormalization', 'no gradient for its statistics');
    const [, mean, reciprocal] = node.outputs as readonly [Value, Value, Value];
    if (input === 2) return g.sumTo(dy, (node.inputs[2] as Value).shape);
    const rank = x.shape.length;
    const axes = range(axisOf(int(attributes, 'axis', -1), rank), rank);
    const average = (value: Value): Value => g.op('ReduceMean', [value], { axes, keepdims: 1 });
    const normal = g.mul(g.sub(x, mean), reciprocal);
    if (input === 1) return g.sumTo(g.mul(dy, normal), scale.shape);
    const scaled = g.mul(dy, scale);
    const stretching = g.mul(normal, average(g.mul(scaled, normal)));
    return g.mul(g.sub(g.sub(scaled, average(scaled)), stretching), reciprocal);
  },
};
