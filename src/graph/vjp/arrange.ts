import { int, ints, text } from '../attributes.ts';
import { axisOf, inverse, range, sizeOf } from '../broadcast.ts';
import type { Builder } from '../builder.ts';
import { isConstant, Untraceable, type Value } from '../ir.ts';
import { interpolation } from '../resize.ts';
import { sliceOf } from '../shapes/arrange.ts';
import type { VjpRule } from './rule.ts';

/** A row per listed index, 1 at that index: [indices, n]. Times x along an axis it is Gather. */
function selection(indices: readonly number[], n: number): Float32Array {
  const matrix = new Float32Array(indices.length * n);
  for (const [row, index] of indices.entries()) matrix[row * n + (index < 0 ? index + n : index)] = 1;
  return matrix;
}

/** Numbers in a selection. Larger ones are slower than a scatter, and fill the file. */
const largestSelection = 2 ** 18;

/** Each row of dy added to the cell that it was copied from: the adjoint of Gather, whatever its indices. */
function scattered(g: Builder, dy: Value, shape: readonly number[], indices: Value, axis: number): Value {
  const [before, after] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
  const rows = [before, sizeOf(indices.shape), after];
  const places = g.expand(g.reshape(indices, [1, sizeOf(indices.shape), 1]), rows);
  const zeros = g.zeros([before, shape[axis] as number, after]);
  return g.reshape(g.op('ScatterElements', [zeros, places, g.reshape(dy, rows)], { axis: 1, reduction: 'add' }), shape);
}

/** [rows, columns] to [columns, rows], row-major. */
function transposed(matrix: Float32Array, columns: number): Float32Array {
  const rows = matrix.length / columns;
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] as number);
}

/** The adjoint of applying a matrix [out, in] along an axis of size `size` = in. */
const alongBack = (g: Builder, dy: Value, axis: number, matrix: Float32Array, size: number): Value =>
  g.along(dy, axis, transposed(matrix, size));

/** Which cell of the axis each cell of the padded axis repeats. */
const padded: Record<string, (i: number, n: number) => number> = {
  edge: (i, n) => Math.min(n - 1, Math.max(0, i)),
  reflect: (i, n) => (n === 1 ? 0 : n - 1 - Math.abs((((i % (2 * n - 2)) + 2 * n - 2) % (2 * n - 2)) - (n - 1))),
};

/** Values moved, copied or left out: each adjoint moves them back and adds up the copies. */
export const arrangeRules: Record<string, VjpRule> = {
  Reshape: ({ g, dy, inputs: [x] }) => g.reshape(dy, x.shape),
  Transpose: ({ g, dy, attributes }) => g.transpose(dy, inverse(ints(attributes, 'perm'))),
  Concat: ({ g, node, dy, attributes }, input) => {
    const parts = node.inputs as readonly Value[];
    const axis = axisOf(int(attributes, 'axis'), dy.shape.length);
    const start = parts.slice(0, input).reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
    const end = start + ((parts[input] as Value).shape[axis] as number);
    return g.op('Slice', [dy], { starts: [start], ends: [end], axes: [axis] });
  },
  Split: ({ g, node, dys, attributes }) =>
    g.op(
      'Concat',
      node.outputs.map((part, i) => dys[i] ?? g.zeros(part.shape)),
      { axis: int(attributes, 'axis', 0) },
    ),
  /** Zeros between and around; a walk backwards is turned round first. */
  Slice: ({ g, dy, inputs: [x], attributes }) => {
    const parts = sliceOf(attributes, x.shape);
    const backwards = parts.flatMap(({ step }, axis) => (step < 0 ? [axis] : []));
    const forwards = backwards.length === 0 ? dy : reversed(g, dy, backwards);
    const steps = parts.map(({ step }) => Math.abs(step));
    const starts = parts.map(({ start, size, step }) => (step < 0 ? start + (size - 1) * step : start));
    const spaced = spaceOut(g, forwards, steps);
    const ends = x.shape.map((n, axis) => n - (starts[axis] as number) - (spaced.shape[axis] as number));
    return g.op('Pad', [spaced], { pads: [...starts, ...ends], mode: 'constant', value: 0 });
  },
  Pad: ({ g, dy, inputs: [x], attributes }) => {
    const begins = ints(attributes, 'pads').slice(0, x.shape.length);
    const source = padded[text(attributes, 'mode', 'constant')];
    if (!source) {
      const pads = ints(attributes, 'pads').map((pad) => -pad);
      return g.op('Pad', [dy], { pads, mode: 'constant', value: 0 });
    }
    return x.shape.reduce((cotangent, n, axis) => {
      const size = dy.shape[axis] as number;
      if (size === n) return cotangent;
      const cells = range(0, size).map((i) => source(i - (begins[axis] as number), n));
      return alongBack(g, cotangent, axis, selection(cells, n), n);
    }, dy);
  },
  Expand: ({ g, dy, inputs: [x] }) => g.sumTo(dy, x.shape),
  Tile: ({ g, dy, inputs: [x], attributes }) => {
    const split = x.shape.flatMap((n, axis) => [ints(attributes, 'repeats')[axis] as number, n]);
    const copies = x.shape.flatMap((_, axis) => (split[2 * axis] === 1 ? [] : [2 * axis]));
    return g.reshape(g.sum(g.reshape(dy, split), copies), x.shape);
  },
  Gather: ({ g, dy, inputs: [x, indices], attributes }) => {
    const axis = axisOf(int(attributes, 'axis', 0), x.shape.length);
    const n = x.shape[axis] as number;
    const count = sizeOf(indices.shape);
    const known = isConstant(indices) && indices.node.data;
    if (!known || count * n > largestSelection) return scattered(g, dy, x.shape, indices, axis);
    return alongBack(g, g.reshape(dy, x.shape.with(axis, count)), axis, selection(Array.from(known, Number), n), n);
  },
  GatherElements: ({ g, dy, inputs: [x, indices], attributes }) =>
    g.op('ScatterElements', [g.zeros(x.shape), indices, dy], { axis: int(attributes, 'axis', 0), reduction: 'add' }),
  /** What is written over has no gradient; in a sum it has. */
  ScatterElements: ({ g, dy, inputs: [, indices], attributes }, input) => {
    const axis = int(attributes, 'axis', 0);
    const reduction = text(attributes, 'reduction', 'none');
    if (reduction !== 'add' && reduction !== 'none') throw new Untraceable('ScatterElements', `no gradient for reduction ${reduction}`);
    if (input === 2) return g.op('GatherElements', [dy, indices], { axis });
    return reduction === 'add' ? dy : g.op('ScatterElements', [dy, indices, g.zeros(indices.shape)], { axis });
  },
  /** Linear along each axis: back through the same matrices. */
  Resize: ({ g, dy, inputs: [x], attributes }) =>
    x.shape.reduce((cotangent, n, axis) => {
      const size = dy.shape[axis] as number;
      return size === n ? cotangent : alongBack(g, cotangent, axis, interpolation(attributes, n, size), n);
    }, dy),
  DepthToSpace: ({ g, dy, inputs: [x], attributes }) => {
    const block = int(attributes, 'blocksize');
    if (text(attributes, 'mode', 'DCR') === 'DCR') return g.op('SpaceToDepth', [dy], { blocksize: block });
    const [n, c, h, w] = x.shape as readonly [number, number, number, number];
    const cells = g.reshape(dy, [n, c / block ** 2, h, block, w, block]);
    return g.reshape(g.transpose(cells, [0, 1, 3, 5, 2, 4]), x.shape);
  },
  SpaceToDepth: ({ g, dy, attributes }) =>
    g.op('DepthToSpace', [dy], { blocksize: int(attributes, 'blocksize'), mode: 'DCR' }),
};

const reversed = (g: Builder, x: Value, axes: readonly number[]): Value =>
  g.op('Slice', [x], {
    starts: axes.map(() => -1),
    ends: axes.map(() => -(2 ** 31)),
    axes,
    steps: axes.map(() => -1),
  });

/** step − 1 zeros after each value along each axis. */
function spaceOut(g: Builder, x: Value, steps: readonly number[]): Value {
  if (steps.every((step) => step === 1)) return x;
  const cells = g.reshape(
    x,
    x.shape.flatMap((n) => [n, 1]),
  );
  const pads = [...steps.map(() => [0, 0]), ...steps.map((step) => [0, step - 1])].flat();
  const filled = g.op('Pad', [cells], { pads, mode: 'constant', value: 0 });
  return g.reshape(
    filled,
    x.shape.map((n, axis) => n * (steps[axis] as number)),
  );
}
