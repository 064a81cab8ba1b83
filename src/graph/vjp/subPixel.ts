import { range, type Shape } from '../broadcast.ts';
import type { Builder } from '../builder.ts';
import type { Value } from '../ir.ts';
import type { Window } from '../window.ts';

/** How the input's cells along one axis, in blocks of `stride`, depend on the output's. */
interface Taps {
  /** Filter cell for [cell of the block][neighbour of the output]; the filter's size where there is none. */
  readonly cells: readonly (readonly number[])[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Input cell stride·q + r meets output cell o through filter cell u when stride·o + u = stride·q + r + pad. With
 * o = q + e that is u = r + pad − stride·e: the same for every q, a convolution over o.
 */
function tapsOf({ kernel, strides, begins }: Window, axis: number, size: number, out: number): Taps {
  const [k, stride, pad] = [kernel[axis] as number, strides[axis] as number, begins[axis] as number];
  const first = Math.ceil((pad - k + 1) / stride);
  const last = Math.floor((stride - 1 + pad) / stride);
  const cell = (r: number, e: number): number => {
    const u = r + pad - stride * e;
    return u >= 0 && u < k ? u : k;
  };
  return {
    cells: range(0, stride).map((r) => range(first, last + 1).map((e) => cell(r, e))),
    begin: -first,
    end: Math.ceil(size / stride) + last - out,
  };
}

/** The axis of filter cells becomes two, [cell of the block, neighbour]; zero where none meets. */
function gather(g: Builder, w: Value, axis: number, { cells }: Taps): Value {
  const pads = w.shape.map((_, i) => (i === axis ? 1 : 0));
  const padded = g.op('Pad', [w], { pads: [...pads.map(() => 0), ...pads], mode: 'constant', value: 0 });
  const indices = BigInt64Array.from(cells.flat(), BigInt);
  return g.op('Gather', [padded, g.graph.constant(indices, [cells.length, indices.length / cells.length], 'int64')], {
    axis,
  });
}

/**
 * The input's cotangent of a strided two-dimensional convolution in sub-pixel form (arXiv:1609.05158): one convolution
 * makes stride² channels of each, which DepthToSpace lays out as pixels. Undefined where the window forbids it.
 */
export function subPixel(g: Builder, dy: Value, w: Value, window: Window, shape: Shape): Value | undefined {
  const [, channels, height, width] = shape as readonly [number, number, number, number];
  const [, filters, outHeight, outWidth] = dy.shape as readonly [number, number, number, number];
  const [block, other] = window.strides;
  if (block === undefined || block !== other || window.group !== 1 || window.dilations.some((n) => n !== 1))
    return undefined;
  const [rows, columns] = [tapsOf(window, 0, height, outHeight), tapsOf(window, 1, width, outWidth)];
  const pads = [rows.begin, columns.begin, rows.end, columns.end];
  if (pads.some((pad) => pad < 0)) return undefined;
  const cells = gather(g, gather(g, w, 2, rows), 4, columns);
  const [, , , tapRows, , tapColumns] = cells.shape as readonly [number, number, number, number, number, number];
  const filter = g.reshape(g.transpose(cells, [1, 2, 4, 0, 3, 5]), [
    channels * block ** 2,
    filters,
    tapRows,
    tapColumns,
  ]);
  const pixels = g.op('DepthToSpace', [g.op('Conv', [dy, filter], { pads })], { blocksize: block, mode: 'CRD' });
  if (height % block === 0 && width % block === 0) return pixels;
  return g.op('Slice', [pixels], { starts: [0, 0], ends: [height, width], axes: [2, 3] });
}
