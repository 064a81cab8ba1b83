import { axisOf, range } from '../../../src/graph/broadcast.ts';
import type { Value } from '../../../src/graph/ir.ts';
import type { Import, Importer } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { constant, given, needed } from './given.ts';

/** Pads of all axes, begins then ends, whichever axes the file names. */
function padsOf(node: OnnxNode, into: Import, rank: number): number[] {
  const pads = needed(node, into, 'pads', 1);
  const axes = (given(node, into, 'axes', 3) ?? range(0, rank)).map((axis) => axisOf(axis, rank));
  if (pads.length !== 2 * axes.length) throw node.unsupported(`expected ${2 * axes.length} pads, found ${pads.length}`);
  const of = (axis: number, end: number): number => pads[axes.indexOf(axis) + end] ?? 0;
  return range(0, 2 * rank).map((i) => (axes.includes(i % rank) ? of(i % rank, i < rank ? 0 : axes.length) : 0));
}

/** The value around, where it is not 0. */
function valueOf(node: OnnxNode, into: Import, x: Value): number | undefined {
  const found = node.inputs[2] ? into.numbers(node.inputs[2])[0] : node.float('value', 0);
  if (!found) return undefined;
  if (x.dtype !== 'float32') throw node.unsupported(`it puts ${found} around ${x.dtype}`);
  return found;
}

/** The axis begins again at its end: a list of cells, axis by axis. */
function wrapped(node: OnnxNode, into: Import, x: Value, pads: readonly number[]): Value {
  const rank = x.shape.length;
  return x.shape.reduce((value, n, axis) => {
    const [begin, end] = [pads[axis] as number, pads[axis + rank] as number];
    if (begin === 0 && end === 0) return value;
    const cells = constant(node, into, 'int64', [begin + n + end], (i) => (((i - begin) % n) + n) % n);
    return into.add('Gather', [value, cells], { axis });
  }, x);
}

export const pad: Importer = (node, into) => {
  const x = node.input(0);
  const pads = padsOf(node, into, x.shape.length);
  const mode = node.text('mode', 'constant');
  if (pads.every((n) => n === 0)) return x;
  if (mode === 'wrap') return wrapped(node, into, x, pads);
  if (mode === 'constant') {
    const value = valueOf(node, into, x);
    return into.add('Pad', [x], { pads, mode, ...(value !== undefined && { value }) });
  }
  if (mode !== 'reflect' && mode !== 'edge') throw node.unsupported(`mode ${mode} is not supported`);
  if (pads.some((n) => n < 0)) throw node.unsupported(`mode ${mode} with negative pads is not supported`);
  return into.add('Pad', [x], { pads, mode });
};
