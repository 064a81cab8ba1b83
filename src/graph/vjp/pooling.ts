import { int } from '../attributes.ts';
import { sizeOf, type Shape } from '../broadcast.ts';
import type { Builder } from '../builder.ts';
import type { Value } from '../ir.ts';
import { cellsWithin, windowOf, type Window } from '../window.ts';
import { slidBack } from './convolution.ts';
import type { VjpRule } from './rule.ts';

const overlaps = ({ kernel, strides, dilations, begins, ends }: Window): boolean =>
  [...begins, ...ends].some((pad) => pad !== 0) ||
  dilations.some((dilation) => dilation !== 1) ||
  kernel.some((size, axis) => size > (strides[axis] as number));

/** The share of each cell that a window covers, [1, 1, ...slid]: greater where it hangs over the edge. */
function shares(g: Builder, shape: Shape, out: Shape, window: Window): Value {
  const none = shape.map(() => 0);
  const counts = cellsWithin(window, shape, out, { begins: none, ends: none });
  return g.graph.constant(counts.map((count) => 1 / count), [1, 1, ...out]);
}

/** Pools over [N, C, ...spatial]. A maximum's gradient goes to the first of the cells that tie. */
export const poolingRules: Record<string, VjpRule> = {
  MaxPool: ({ g, dy, inputs: [x], attributes }) => {
    const window = windowOf(attributes);
    const indices = g.op('MaxPool', [x], { ...attributes, indices: 1 }).node.outputs[1] as Value;
    if (!overlaps(window)) {
      const { kernel: kernel_shape, strides } = window;
      return g.op('MaxUnpool', [dy, indices], { kernel_shape, strides, output_shape: x.shape });
    }
    const flat = (value: Value): Value => g.reshape(value, [sizeOf(value.shape)]);
    const empty = g.zeros([sizeOf(x.shape)]);
    return g.reshape(g.op('ScatterElements', [empty, flat(indices), flat(dy)], { axis: 0, reduction: 'add' }), x.shape);
  },
  /** Each window hands its share back: the adjoint of a convolution with a filter of ones. */
  AveragePool: ({ g, dy, inputs: [x], attributes }) => {
    const channels = x.shape[1] as number;
    const window = { ...windowOf(attributes), group: channels };
    const cells = sizeOf(window.kernel);
    const padded = [...window.begins, ...window.ends].some((pad) => pad !== 0);
    const partial = padded && int(attributes, 'count_include_pad', 0) === 0;
    const share = partial ? g.mul(dy, shares(g, x.shape.slice(2), dy.shape.slice(2), window)) : dy;
    const weights = new Float32Array(channels * cells).fill(partial ? 1 : 1 / cells);
    return slidBack(g, share, g.graph.constant(weights, [channels, 1, ...window.kernel]), window, x.shape);
  },
  GlobalAveragePool: ({ g, dy, inputs: [x] }) => g.expand(g.mul(dy, 1 / sizeOf(x.shape.slice(2))), x.shape),
  /** Every cell that equals the maximum takes the whole gradient, as in TF.js, where it is a reduction. */
  GlobalMaxPool: ({ g, y, dy, inputs: [x] }) => g.where(g.op('Equal', [x, y]), dy, 0),
};
