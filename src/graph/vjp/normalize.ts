import { int } from '../attributes.ts';
import { axisOf, range, sizeOf } from '../broadcast.ts';
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
  /**
   * The same with statistics that each channel shares: dx = gain · (dy − mean(dy) − normal · mean(dy · normal)), as
   * gain · dy + slope · (x − mean) + shift with one gain, slope and shift for each channel.
   */
  BatchNormalization: ({ g, node, dy, dys, inputs: [x, scale], attributes }, input) => {
    if (dys[1] ?? dys[2]) throw new Untraceable('BatchNormalization', 'no gradient for its statistics');
    const [, mean, variance] = node.outputs as readonly [Value, Value, Value];
    const axis = axisOf(int(attributes, 'axis', 1), x.shape.length);
    const others = range(0, x.shape.length).filter((other) => other !== axis);
    const along = (vector: Value): Value => g.reshape(vector, x.shape.map((n, i) => (i === axis ? n : 1)));
    const total = g.sum(dy, others);
    if (input === 2) return g.reshape(total, scale.shape);
    const reciprocal = g.op('Reciprocal', [g.op('Sqrt', [g.add(along(variance), int(attributes, 'epsilon', 1e-5))])]);
    const centred = g.sub(x, along(mean));
    const stretching = g.mul(g.sum(g.mul(dy, centred), others), reciprocal);
    if (input === 1) return g.reshape(stretching, scale.shape);
    const count = sizeOf(x.shape) / sizeOf(scale.shape);
    const gain = g.mul(along(scale), reciprocal);
    const slope = g.mul(g.mul(gain, g.mul(stretching, reciprocal)), -1 / count);
    const shift = g.mul(g.mul(gain, total), -1 / count);
    return g.add(g.add(g.mul(dy, gain), g.mul(centred, slope)), shift);
  },
};
