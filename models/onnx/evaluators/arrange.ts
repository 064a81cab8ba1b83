import { int, ints, text } from '../../../src/graph/attributes.ts';
import { axisOf, pick, sizeOf, stridesOf, type Shape } from '../../../src/graph/broadcast.ts';
import type { TensorData, Value } from '../../../src/graph/ir.ts';
import { sliceOf } from '../../../src/graph/shapes/arrange.ts';
import { broadcastCells, cells, take } from './cells.ts';
import type { Application, Evaluator, Evaluators } from './evaluator.ts';
import { filled } from './evaluator.ts';

/** An op that moves or copies numbers: for each cell of the first output, its place in the first input. */
const moving =
  (places: (x: Shape, shape: Shape, at: Application) => Int32Array): Evaluator =>
  (at) => {
    const [x, y] = [at.inputs[0] as Value, at.outputs[0] as Value];
    return [take(at.values[0] as TensorData, y.dtype, places(x.shape, y.shape, at))];
  };

const unmoved: Evaluator = ({ values }) => values;

/** A tensor as [before, along the axis, after]. */
function around(shape: Shape, axis: number): [before: number, n: number, after: number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis] as number, sizeOf(shape.slice(axis + 1))];
}

/** Indices counted from the front; undefined where one is outside. */
function indicesInto(n: number, indices: TensorData): readonly number[] | undefined {
  const found = Array.from(indices as ArrayLike<number | bigint>, (index) => (Number(index) < 0 ? Number(index) + n : Number(index)));
  return found.every((index) => index >= 0 && index < n) ? found : undefined;
}

const gather: Evaluator = ({ inputs: [x], values: [data, indices], attributes, outputs: [y] }) => {
  if (!x || !y || !data || !indices) return undefined;
  const [before, n, after] = around(x.shape, axisOf(int(attributes, 'axis', 0), x.shape.length));
  const found = indicesInto(n, indices);
  if (!found) return undefined;
  const rows = cells([before, found.length, after], [n * after, 0, 1]);
  return [take(data, y.dtype, rows.map((place, i) => place + (found[Math.floor(i / after) % found.length] as number) * after))];
};

/** Parts along an axis, each as [before, its size, after]. */
const concat: Evaluator = ({ inputs, values, attributes, outputs: [y] }) => {
  if (!y) return undefined;
  const axis = axisOf(int(attributes, 'axis'), y.shape.length);
  const [before] = around(y.shape, axis);
  const runs = inputs.map(({ shape }) => sizeOf(shape) / before);
  const joined: (number | bigint)[] = [];
  for (let row = 0; row < before; row++)
    for (const [part, run] of runs.entries())
      for (let i = 0; i < run; i++) joined.push((values[part] as TensorData)[row * run + i] as number | bigint);
  return [filled(y.dtype, joined.length, (i) => joined[i] as number | bigint)];
};

const split: Evaluator = ({ inputs: [x], values: [data], attributes, outputs }) => {
  if (!x || !data) return undefined;
  const [before, n, after] = around(x.shape, axisOf(int(attributes, 'axis', 0), x.shape.length));
  let start = 0;
  return ints(attributes, 'split').map((size, part) => {
    const places = cells([before, size, after], [n * after, after, 1], start * after);
    start += size;
    return take(data, (outputs[part] as Value).dtype, places);
  });
};

/** Later updates of one place win, or add up. */
const scatterElements: Evaluator = ({ inputs: [x, indices], values: [data, at, updates], attributes, outputs: [y] }) => {
  const reduction = text(attributes, 'reduction', 'none');
  if (!x || !indices || !data || !at || !updates || !y || (reduction !== 'none' && reduction !== 'add')) return undefined;
  const axis = axisOf(int(attributes, 'axis', 0), x.shape.length);
  const found = indicesInto(x.shape[axis] as number, at);
  if (!found) return undefined;
  const strides = stridesOf(x.shape);
  const places = cells(indices.shape, strides.with(axis, 0));
  const result = Array.from(data as ArrayLike<number | bigint>);
  for (const [i, place] of places.entries()) {
    const to = place + (found[i] as number) * (strides[axis] as number);
    const update = updates[i] as number;
    result[to] = reduction === 'add' ? (result[to] as number) + update : update;
  }
  return [filled(y.dtype, result.length, (i) => result[i] as number | bigint)];
};

/** Values moved, copied or left out. */
export const arrangeEvaluators: Evaluators = {
  Reshape: unmoved,
  Transpose: moving((x, shape, { attributes }) => cells(shape, pick(stridesOf(x), ints(attributes, 'perm')))),
  Expand: moving((x, shape) => broadcastCells(x, shape)),
  Slice: moving((x, shape, { attributes }) => {
    const strides = stridesOf(x);
    const parts = sliceOf(attributes, x);
    const offset = parts.reduce((sum, { start }, axis) => sum + start * (strides[axis] as number), 0);
    return cells(shape, parts.map(({ step }, axis) => step * (strides[axis] as number)), offset);
  }),
  Tile: moving((x, _, { attributes }) => {
    const strides = stridesOf(x);
    const repeated = x.flatMap((n, axis) => [ints(attributes, 'repeats')[axis] as number, n]);
    return cells(repeated, strides.flatMap((stride) => [0, stride]));
  }),
  Gather: gather,
  Concat: concat,
  Split: split,
  ScatterElements: scatterElements,
};
