import { Builder } from '../../../src/graph/builder.ts';
import { axisOf, range, sameShape } from '../../../src/graph/broadcast.ts';
import type { Value } from '../../../src/graph/ir.ts';
import { sliceOf } from '../../../src/graph/shapes/arrange.ts';
import type { Import, Importer, Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { constant, given, needed } from './given.ts';
import { pad } from './pad.ts';

/** Parts as equal as they can be, the last one smaller; as many as there are outputs where the file does not say. */
function parts(node: OnnxNode, into: Import, n: number): readonly number[] {
  const sizes = given(node, into, 'split', 1);
  if (sizes) return sizes;
  const count = node.int('num_outputs', node.outputs);
  const size = Math.ceil(n / count);
  const uneven = range(0, count).map((i) => Math.min(size, Math.max(0, n - i * size)));
  if (uneven.includes(0) || (n % count !== 0 && !node.has('num_outputs'))) throw node.unsupported(`${n} do not split into ${count}`);
  return uneven;
}

/** Ends far outside, as 'to the end' is written, come to lie just outside: JavaScript's numbers do not hold them all. */
const slice: Importer = (node, into) => {
  const x = node.input(0);
  const starts = needed(node, into, 'starts', 1);
  const axes = (given(node, into, 'axes', 3) ?? range(0, starts.length)).map((axis) => axisOf(axis, x.shape.length));
  const steps = given(node, into, 'steps', 4) ?? starts.map(() => 1);
  const ends = needed(node, into, 'ends', 2);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length)) throw node.unsupported('its lists differ in length');
  if (steps.includes(0) || new Set(axes).size < axes.length) throw node.unsupported('it names an axis twice, or a step of 0');
  const near = (places: readonly number[]): number[] =>
    places.map((place, i) => {
      const n = x.shape[axes[i] as number] as number;
      return Math.max(-n - 1, Math.min(n, place));
    });
  const attributes = { starts: near(starts), ends: near(ends), axes, steps };
  const whole = sliceOf(attributes, x.shape).every(({ size, step }, axis) => step === 1 && size === x.shape[axis]);
  return whole ? x : into.add('Slice', [x], attributes);
};

/** The lower or upper triangle of each matrix, zeros elsewhere. */
const trilu: Importer = (node, into) => {
  const x = node.input(0);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const [diagonal = 0] = node.inputs[1] ? into.numbers(node.inputs[1]) : [];
  const upper = node.int('upper', 1) === 1;
  const kept = (i: number): boolean => {
    const beyond = (i % columns) - Math.floor(i / columns) - diagonal;
    return upper ? beyond >= 0 : beyond <= 0;
  };
  const mask = constant(node, into, 'bool', [rows, columns], (i) => (kept(i) ? 1 : 0));
  return into.add('Where', [mask, x, constant(node, into, x.dtype, [], () => 0)]);
};

/** Each row of the batch backwards, up to its own length. */
const reverseSequence: Importer = (node, into) => {
  const x = node.input(0);
  const lengths = into.numbers(node.input(1));
  const [timeAxis, batchAxis] = [node.int('time_axis', 0), node.int('batch_axis', 1)];
  if (timeAxis + batchAxis !== 1 || timeAxis * batchAxis !== 0) throw node.unsupported('its axes are not the first two');
  const [first, second] = x.shape as readonly [number, number];
  const source = (i: number): number => {
    const place: [number, number] = [Math.floor(i / second), i % second];
    const length = lengths[place[batchAxis as 0 | 1]] as number;
    const time = place[timeAxis as 0 | 1];
    place[timeAxis as 0 | 1] = time < length ? length - 1 - time : time;
    return place[0] * second + place[1];
  };
  const g = new Builder(into.graph, node.name);
  const flat = g.reshape(x, [first * second, ...x.shape.slice(2)]);
  return g.reshape(g.op('Gather', [flat, constant(node, into, 'int64', [first * second], source)], { axis: 0 }), x.shape);
};

/** In a file made for one row, and imported for more, a class token has one row: it stands before each. */
const inEachRow = (values: readonly Value[], { add, batch }: Import): Value[] =>
  values.map((value) => {
    const lonely = value.shape[0] === 1 && values.some(({ shape }) => shape[0] === batch);
    return lonely && batch > 1 ? add('Expand', [value], { shape: value.shape.with(0, batch) }) : value;
  });

const copies: Importer = (node, into) => {
  const x = node.input(0);
  const repeats = needed(node, into, 'repeats', 1);
  if (repeats.length !== x.shape.length) throw node.unsupported(`its repeats [${repeats.join(', ')}] do not fit [${x.shape.join(', ')}]`);
  return repeats.every((n) => n === 1) ? x : into.add('Tile', [x], { repeats });
};

/** Values moved, copied or left out. */
export const arrangeOps: Importers = {
  Transpose: (node, into) => {
    const x = node.input(0);
    const perm = node.ints('perm', range(0, x.shape.length).reverse());
    return sameShape(perm, range(0, x.shape.length)) ? x : into.add('Transpose', [x], { perm });
  },
  Concat: (node, into) => {
    const values = node.inputs.filter((input): input is Value => input !== undefined);
    const axis = axisOf(node.int('axis'), node.input(0).shape.length);
    return values.length === 1 ? node.input(0) : into.add('Concat', axis === 0 ? values : inEachRow(values, into), { axis });
  },
  Split: (node, into) => {
    const x = node.input(0);
    const axis = axisOf(node.int('axis', 0), x.shape.length);
    return into.addAll('Split', [x], { axis, split: parts(node, into, x.shape[axis] as number) });
  },
  Slice: slice,
  Pad: pad,
  Expand: (node, into) => {
    const x = node.input(0);
    const y = into.add('Expand', [x], { shape: needed(node, into, 'shape', 1) });
    return sameShape(x.shape, y.shape) ? x : y;
  },
  Tile: copies,
  Trilu: trilu,
  ReverseSequence: reverseSequence,
  DepthToSpace: (node, into) =>
    into.add('DepthToSpace', [node.input(0)], { blocksize: node.int('blocksize'), mode: node.text('mode', 'DCR') }),
  SpaceToDepth: (node, into) => {
    if (node.text('mode', 'DCR') !== 'DCR') throw node.unsupported(`its mode ${node.text('mode')} is not supported`);
    return into.add('SpaceToDepth', [node.input(0)], { blocksize: node.int('blocksize') });
  },
};
