import { int, ints, text } from '../attributes.ts';
import { axisOf, broadcast, pick, range, sameShape, sizeOf, type Shape } from '../broadcast.ts';
import type { Attributes } from '../ir.ts';
import type { Infer } from '../shapes.ts';

/** A Slice in full: one entry per axis, `start` inside the axis, `size` values at `step`. */
export function sliceOf(attributes: Attributes, shape: Shape): { start: number; size: number; step: number }[] {
  const starts = ints(attributes, 'starts');
  const ends = ints(attributes, 'ends');
  const axes = ints(attributes, 'axes', range(0, starts.length)).map((axis) => axisOf(axis, shape.length));
  const steps = ints(
    attributes,
    'steps',
    starts.map(() => 1),
  );
  return shape.map((n, axis) => {
    const at = axes.indexOf(axis);
    if (at < 0) return { start: 0, size: n, step: 1 };
    const step = steps[at] as number;
    const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
    const inside = (i: number): number => Math.min(high, Math.max(low, i < 0 ? i + n : i));
    const [start, end] = [inside(starts[at] as number), inside(ends[at] as number)];
    return { start, size: Math.max(0, Math.ceil((end - start) / step)), step };
  });
}

/** A Reshape's target with 0 (keep) and −1 (the rest) resolved. */
function reshaped(from: Shape, target: Shape): number[] {
  const shape = target.map((n, axis) => (n === 0 ? (from[axis] as number) : n));
  const known = shape.filter((n) => n !== -1).reduce((product, n) => product * n, 1);
  const whole = shape.map((n) => (n === -1 ? sizeOf(from) / known : n));
  if (sizeOf(whole) !== sizeOf(from)) throw new Error(`${sizeOf(from)} values do not fill [${target.join(', ')}]`);
  return whole;
}

const blocks: Record<string, (n: number, c: number, h: number, w: number, block: number) => number[]> = {
  DepthToSpace: (n, c, h, w, block) => [n, c / block ** 2, h * block, w * block],
  SpaceToDepth: (n, c, h, w, block) => [n, c * block ** 2, h / block, w / block],
};

const moved =
  (op: string): Infer =>
  (attributes, x) => {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const shape = blocks[op]?.(n, c, h, w, int(attributes, 'blocksize')) as number[];
    if (shape.some((size) => !Number.isInteger(size))) throw new Error('the block does not divide the shape');
    return [{ shape, dtype: x.dtype }];
  };

/** Values moved, copied or left out, never changed. (Resize's linear mode and Pad's value are the exceptions.) */
export const arrangeShapes: Record<string, Infer> = {
  Reshape: (attributes, x) => [{ shape: reshaped(x.shape, ints(attributes, 'shape')), dtype: x.dtype }],
  Transpose: (attributes, x) => {
    const perm = ints(attributes, 'perm');
    if (
      !sameShape(
        [...perm].sort((a, b) => a - b),
        range(0, x.shape.length),
      )
    )
      throw new Error('perm is no permutation');
    return [{ shape: pick(x.shape, perm), dtype: x.dtype }];
  },
  Concat: (attributes, ...parts) => {
    const [first] = parts;
    if (!first) throw new Error('nothing to concatenate');
    const axis = axisOf(int(attributes, 'axis'), first.shape.length);
    const others = ({ shape }: { shape: Shape }): number[] => shape.map((n, i) => (i === axis ? 0 : n));
    if (!parts.every((part) => sameShape(others(part), others(first)))) throw new Error('the other axes differ');
    const total = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
    return [{ shape: first.shape.map((n, i) => (i === axis ? total : n)), dtype: first.dtype }];
  },
  Split: (attributes, x) => {
    const axis = axisOf(int(attributes, 'axis', 0), x.shape.length);
    const sizes = ints(attributes, 'split');
    if (sizes.reduce((a, b) => a + b, 0) !== x.shape[axis]) throw new Error('the parts do not add up');
    return sizes.map((size) => ({ shape: x.shape.map((n, i) => (i === axis ? size : n)), dtype: x.dtype }));
  },
  Slice: (attributes, x) => [{ shape: sliceOf(attributes, x.shape).map(({ size }) => size), dtype: x.dtype }],
  /** `pads`: all begins, then all ends. */
  Pad: (attributes, x) => {
    const pads = ints(attributes, 'pads');
    const rank = x.shape.length;
    if (pads.length !== 2 * rank) throw new Error(`expected ${2 * rank} pads, found ${pads.length}`);
    return [{ shape: x.shape.map((n, i) => n + (pads[i] as number) + (pads[i + rank] as number)), dtype: x.dtype }];
  },
  Expand: (attributes, x) => [{ shape: broadcast(x.shape, ints(attributes, 'shape')), dtype: x.dtype }],
  Tile: (attributes, x) => {
    const repeats = ints(attributes, 'repeats');
    return [{ shape: x.shape.map((n, i) => n * (repeats[i] as number)), dtype: x.dtype }];
  },
  Gather: (attributes, x, indices) => {
    const axis = axisOf(int(attributes, 'axis', 0), x.shape.length);
    return [{ shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype }];
  },
  GatherElements: (_, x, indices) => [{ shape: indices.shape, dtype: x.dtype }],
  ScatterElements: (_, x) => [x],
  /** A new axis of `depth`, filled with `values` [off, on]. */
  OneHot: (attributes, indices) => {
    const axis = axisOf(int(attributes, 'axis', -1), indices.shape.length + 1);
    return [{ shape: indices.shape.toSpliced(axis, 0, int(attributes, 'depth')), dtype: 'float32' }];
  },
  Resize: (attributes, x) => {
    const sizes = ints(attributes, 'sizes');
    if (sizes.length !== x.shape.length) throw new Error('sizes must name every axis');
    text(attributes, 'mode');
    return [{ shape: sizes, dtype: x.dtype }];
  },
  DepthToSpace: moved('DepthToSpace'),
  SpaceToDepth: moved('SpaceToDepth'),
};
