import { range, type Shape } from '../broadcast.ts';
import type { Builder } from '../builder.ts';
import type { Value } from '../ir.ts';
import { reach, spread, windowOf, type Window } from '../window.ts';
import { filterBack } from './filter.ts';
import type { VjpRule } from './rule.ts';

const each = <T>(window: Window, f: (axis: number) => T): T[] => range(0, window.kernel.length).map(f);

/**
 * The filter [M, C / group, ...kernel] turned round in space, in and out swapped within each group:
 * [C, M / group, ...kernel].
 */
function turned(g: Builder, w: Value, { group, kernel }: Window): Value {
  const [m, c] = w.shape as readonly [number, number];
  const space = kernel.map((_, axis) => axis + 2);
  const swapped =
    m === group && c === 1
      ? w
      : g.reshape(
          g.transpose(g.reshape(w, [group, m / group, c, ...kernel]), [0, 2, 1, ...space.map((axis) => axis + 1)]),
          [group * c, m / group, ...kernel],
        );
  if (kernel.every((n) => n === 1)) return swapped;
  return g.op('Slice', [swapped], {
    starts: kernel.map(() => -1),
    ends: kernel.map(() => -(2 ** 31)),
    axes: space,
    steps: kernel.map(() => -1),
  });
}

/** Below this, a blocked convolution computes more channels of padding than of image. */
const worthBlocking = 8;

/**
 * The cotangent of a convolution's input, [N, C, ...spatial] = `shape`. At stride 1 it is the convolution with the
 * turned filter, which ONNX Runtime runs in its blocked layout. Otherwise it is the transposed convolution, and for an
 * image's few channels too: 1.2 ms against 6.3 from 32 channels to 1, 2.4 against 4.9 from 16 to 3. (At stride 2 the
 * sub-pixel form, a convolution and DepthToSpace, was slower in every net measured.)
 */
export function slidBack(g: Builder, dy: Value, w: Value, window: Window, shape: Shape): Value {
  const { strides, dilations, group, begins, ends } = window;
  const begin = each(window, (axis) => reach(window, axis) - 1 - (begins[axis] as number));
  const end = each(window, (axis) => reach(window, axis) - 1 - (ends[axis] as number));
  const plain = strides.every((stride) => stride === 1) && [...begin, ...end].every((pad) => pad >= 0);
  if (!plain || (shape[1] as number) < worthBlocking) return slidTransposed(g, dy, w, window, shape);
  return g.op('Conv', [dy, turned(g, w, window)], { strides, dilations, group, pads: [...begin, ...end] });
}

function slidTransposed(g: Builder, dy: Value, w: Value, window: Window, shape: Shape): Value {
  const { strides, dilations, group, begins, ends } = window;
  const least = spread(
    dy.shape.slice(2),
    window,
    strides.map(() => 0),
  );
  const output_padding = each(window, (axis) => (shape[axis + 2] as number) - (least[axis] as number));
  return g.op('ConvTranspose', [dy, w], { strides, dilations, group, pads: [...begins, ...ends], output_padding });
}

/** The cotangent of a bias [M]: its sum over images and places. */
const biasBack = (g: Builder, dy: Value): Value =>
  g.reshape(g.sum(dy, [0, ...range(2, dy.shape.length)]), [dy.shape[1] as number]);

/** Convolutions, one to three spatial axes. */
export const convolutionRules: Record<string, VjpRule> = {
  Conv: ({ g, dy, inputs: [x, w], attributes }, input) => {
    if (input === 2) return biasBack(g, dy);
    const window = windowOf(attributes, w.shape.slice(2));
    return input === 0 ? slidBack(g, dy, w, window, x.shape) : filterBack(g, x, dy, window);
  },
  /** The convolution whose own input gradient it is: there x is the cotangent. */
  ConvTranspose: ({ g, dy, inputs: [x, w], attributes }, input) => {
    if (input === 2) return biasBack(g, dy);
    if (input === 1) return filterBack(g, dy, x, windowOf(attributes, w.shape.slice(2)));
    return g.op('Conv', [dy, w], { ...attributes, output_padding: undefined });
  },
};
