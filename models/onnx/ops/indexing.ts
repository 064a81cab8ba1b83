import { Builder } from '../../../src/graph/builder.ts';
import { axisOf, sizeOf, stridesOf } from '../../../src/graph/broadcast.ts';
import type { Value } from '../../../src/graph/ir.ts';
import type { Import, Importer, Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { constant, needed } from './given.ts';

/** Known neighbours, a class token say, are a Slice: its gradient is a Pad. Other cells are a Gather. */
const gather: Importer = (node, into) => {
  const [x, indices] = [node.input(0), node.input(1)];
  const axis = axisOf(node.int('axis', 0), x.shape.length);
  const n = x.shape[axis] as number;
  const listed = x.dtype === 'float32' && into.isKnown(indices) ? into.numbers(indices).map((i) => (i < 0 ? i + n : i)) : [];
  if (listed.some((i) => i < 0 || i >= n)) throw node.unsupported(`an index is outside an axis of ${n}`);
  const [start] = listed;
  if (start === undefined || listed.some((index, i) => index !== start + i)) return into.add('Gather', [x, indices], { axis });
  const g = new Builder(into.graph, node.name);
  const part = g.op('Slice', [x], { starts: [start], ends: [start + listed.length], axes: [axis] });
  return g.reshape(part, x.shape.toSpliced(axis, 1, ...indices.shape));
};

/**
 * Coordinates [..., k] into the axes `over`, as one index into those axes written as one. A negative coordinate counts
 * from the back.
 */
function flatIndices(g: Builder, node: OnnxNode, into: Import, coordinates: Value, over: readonly number[]): Value {
  const vector = (values: readonly number[]): Value => constant(node, into, 'int64', [values.length], (i) => values[i] as number);
  const negative = g.op('Less', [coordinates, vector([0])]);
  const inside = g.where(negative, g.add(coordinates, vector(over)), coordinates);
  return g.op('ReduceSum', [g.mul(inside, vector(stridesOf(over)))], { axes: [-1], keepdims: 0 });
}

/** A gather along one axis: those that the coordinates are of, and those of the batch before them, written as one. */
const gatherND: Importer = (node, into) => {
  const [x, indices] = [node.input(0), node.input(1)];
  const batch = node.int('batch_dims', 0);
  const depth = indices.shape.at(-1) as number;
  const over = x.shape.slice(batch, batch + depth);
  const rest = x.shape.slice(batch + depth);
  const rows = sizeOf(x.shape.slice(0, batch));
  const g = new Builder(into.graph, node.name);
  const within = g.reshape(flatIndices(g, node, into, indices, over), [rows, sizeOf(indices.shape.slice(batch, -1))]);
  const flat = g.add(within, constant(node, into, 'int64', [rows, 1], (row) => row * sizeOf(over)));
  const cells = g.op('Gather', [g.reshape(x, [rows * sizeOf(over), ...rest]), flat], { axis: 0 });
  return g.reshape(cells, [...indices.shape.slice(0, -1), ...rest]);
};

const reductions = ['none', 'add', 'mul'];

function reductionOf(node: OnnxNode): string {
  const reduction = node.text('reduction', 'none');
  if (!reductions.includes(reduction)) throw node.unsupported(`reduction ${reduction} is not supported`);
  return reduction;
}

const scatterElements: Importer = (node, into) => {
  const [x, indices, updates] = [node.input(0), node.input(1), node.input(2)];
  const axis = axisOf(node.int('axis', 0), x.shape.length);
  return into.add('ScatterElements', [x, indices, updates], { axis, reduction: reductionOf(node) });
};

/** A scatter along one axis: those that the coordinates are of, written as one. */
const scatterND: Importer = (node, into) => {
  const [x, indices, updates] = [node.input(0), node.input(1), node.input(2)];
  const reduction = reductionOf(node);
  const depth = indices.shape.at(-1) as number;
  const over = x.shape.slice(0, depth);
  const [cells, rest] = [sizeOf(indices.shape.slice(0, -1)), sizeOf(x.shape.slice(depth))];
  const g = new Builder(into.graph, node.name);
  const flat = g.expand(g.reshape(flatIndices(g, node, into, indices, over), [cells, 1]), [cells, rest]);
  const table = g.reshape(x, [sizeOf(over), rest]);
  const scattered = g.op('ScatterElements', [table, flat, g.reshape(updates, [cells, rest])], { axis: 0, reduction });
  return g.reshape(scattered, x.shape);
};

/** The cells along an axis, or of all that there are, where the condition holds. */
const compress: Importer = (node, into) => {
  const x = node.input(0);
  const g = new Builder(into.graph, node.name);
  const flat = node.has('axis') ? x : g.reshape(x, [sizeOf(x.shape)]);
  const axis = axisOf(node.int('axis', 0), flat.shape.length);
  const chosen = into.numbers(node.input(1)).flatMap((holds, i) => (holds ? [i] : []));
  if (chosen.length === 0) throw node.unsupported('it has no values');
  return g.op('Gather', [flat, constant(node, into, 'int64', [chosen.length], (i) => chosen[i] as number)], { axis });
};

/** Indices become cells of a new axis; those outside leave it off throughout. */
const oneHot: Importer = (node, into) => {
  const indices = node.input(0);
  const [depth = 0] = into.numbers(node.input(1));
  const values = node.input(2);
  const whole = indices.dtype === 'float32' ? into.add('Cast', [indices], { to: 'int64' }) : indices;
  const hot = into.add('OneHot', [whole], { depth, axis: node.int('axis', -1), values: into.numbers(values) });
  return values.dtype === 'float32' ? hot : into.add('Cast', [hot], { to: values.dtype });
};

/** `k` is an attribute before opset 10. Unsorted answers may have any order: sorted is one. */
const topK: Importer = (node, into) => {
  const x = node.input(0);
  const [k = 0] = node.inputs[1] ? into.numbers(node.inputs[1]) : [node.int('k')];
  return into.addAll('TopK', [x], { k, axis: axisOf(node.int('axis', -1), x.shape.length), largest: node.int('largest', 1) });
};

const cumSum: Importer = (node, into) => {
  const x = node.input(0);
  const [axis = 0] = needed(node, into, 'axis', 1);
  const [exclusive, reverse] = [node.int('exclusive', 0), node.int('reverse', 0)];
  return into.add('CumSum', [x], { axis: axisOf(axis, x.shape.length), exclusive, reverse });
};

/** Values by index, and indices by value. */
export const indexingOps: Importers = {
  Gather: gather,
  GatherElements: (node, into) => {
    const x = node.input(0);
    return into.add('GatherElements', [x, node.input(1)], { axis: axisOf(node.int('axis', 0), x.shape.length) });
  },
  GatherND: gatherND,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Compress: compress,
  OneHot: oneHot,
  TopK: topK,
  CumSum: cumSum,
};
