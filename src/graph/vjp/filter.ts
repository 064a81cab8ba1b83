import { pick, range, sizeOf } from '../broadcast.ts';
import type { Builder } from '../builder.ts';
import type { Value } from '../ir.ts';
import type { Window } from '../window.ts';

/** Below these, products of small matrices cost more than one convolution with a filter as large as the image. */
const [worthChannels, worthCells] = [8, 64];

/**
 * The cotangent of a convolution's filter [M, C / group, ...kernel], from x [N, C, ...spatial] and the cotangent
 * [N, M, ...slid] of its result. A product for each cell of the kernel is the fastest where channels and cells are many,
 * the swapped convolution where they are few (bench/filterGradient.ts, beside im2col).
 */
export const filterBack: FilterBack = (g, x, dy, window) => {
  const many = (x.shape[1] as number) >= worthChannels && sizeOf(dy.shape.slice(2)) >= worthCells;
  return window.group === 1 && many ? cellByCell(g, x, dy, window) : swapped(g, x, dy, window);
};

export type FilterBack = (g: Builder, x: Value, dy: Value, window: Window) => Value;

/** Images and channels change places: dy is slid over x, its steps the window's dilations and the other way round. */
export function swapped(g: Builder, x: Value, dy: Value, { kernel, strides, dilations, begins, ends, group }: Window): Value {
  const [n, channels, ...spatial] = x.shape as readonly [number, number, ...number[]];
  const c = channels / group;
  const space = kernel.map((_, axis) => axis + 3);
  const grouped = g.transpose(g.reshape(x, [n, group, c, ...spatial]), [2, 1, 0, ...space]);
  const slid = g.op('Conv', [g.reshape(grouped, [c, group * n, ...spatial]), firstTwoSwapped(g, dy)], {
    strides: dilations,
    dilations: strides,
    pads: [...begins, ...ends],
    group,
  });
  return firstTwoSwapped(g, cut(g, slid, kernel));
}

const firstTwoSwapped = (g: Builder, x: Value): Value => g.transpose(x, [1, 0, ...range(2, x.shape.length)]);

/** What the strides left over at the ends of the image is no weight of the kernel. */
function cut(g: Builder, x: Value, kernel: readonly number[]): Value {
  if (kernel.every((size, axis) => x.shape[axis + 2] === size)) return x;
  return g.op('Slice', [x], { starts: kernel.map(() => 0), ends: kernel, axes: kernel.map((_, axis) => axis + 2) });
}

/** For each cell of the kernel Σ dy xᵀ over images and places, x moved by as much as the cell is. For one group. */
export function cellByCell(g: Builder, x: Value, dy: Value, window: Window): Value {
  const [n, m, ...slid] = dy.shape as readonly [number, number, ...number[]];
  const c = x.shape[1] as number;
  const places = sizeOf(slid);
  const whole = padded(g, x, window);
  const cotangent = g.reshape(dy, [n, m, places]);
  const cells = cellsOf(window.kernel).map((cell) => {
    const seen = g.reshape(seenFrom(g, whole, cell, slid, window), [n, c, places]);
    const products = g.op('MatMul', [cotangent, g.transpose(seen, [0, 2, 1])]);
    return g.reshape(g.sum(products, [0]), [m, c, 1]);
  });
  const [only] = cells;
  return g.reshape(cells.length === 1 && only ? only : g.op('Concat', cells, { axis: 2 }), [m, c, ...window.kernel]);
}

/** The cells of a kernel as coordinates, in row-major order. */
const cellsOf = (kernel: readonly number[]): number[][] =>
  kernel.reduce<number[][]>((cells, size) => cells.flatMap((cell) => range(0, size).map((i) => [...cell, i])), [[]]);

function padded(g: Builder, x: Value, { begins, ends }: Window): Value {
  if ([...begins, ...ends].every((pad) => pad === 0)) return x;
  return g.op('Pad', [x], { pads: [0, 0, ...begins, 0, 0, ...ends], mode: 'constant', value: 0 });
}

/** What one cell of the kernel lies on, in each of its places: [N, C, ...slid]. */
function seenFrom(g: Builder, x: Value, cell: readonly number[], slid: readonly number[], { dilations, strides }: Window): Value {
  const axes = range(0, cell.length);
  const starts = axes.map((axis) => (cell[axis] as number) * (dilations[axis] as number));
  const ends = axes.map((axis) => (starts[axis] as number) + ((slid[axis] as number) - 1) * (strides[axis] as number) + 1);
  const isAll = axes.every((axis) => starts[axis] === 0 && ends[axis] === x.shape[axis + 2] && strides[axis] === 1);
  return isAll ? x : g.op('Slice', [x], { starts, ends, axes: axes.map((axis) => axis + 2), steps: pick(strides, axes) });
}
