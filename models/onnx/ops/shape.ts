import { axisOf, range, sameShape, sizeOf, type Shape } from '../../../src/graph/broadcast.ts';
import type { DType, Value } from '../../../src/graph/ir.ts';
import { TensorProto_DataType as ElementType } from '../../../src/graph/proto/onnx_pb.ts';
import type { Import, Importer, Importers } from '../importer.ts';
import type { OnnxNode } from '../node.ts';
import { dtypeOf } from '../tensor.ts';
import { constant, given, needed } from './given.ts';

/** The same values in another shape. */
const shaped =
  (shapeOf: (x: Shape, node: OnnxNode, into: Import) => readonly number[]): Importer =>
  (node, into) => {
    const x = node.input(0);
    const shape = shapeOf(x.shape, node, into);
    if (sizeOf(shape) === 0 && !into.isKnown(x)) throw node.unsupported('it has no values');
    return sameShape(shape, x.shape) ? x : into.add('Reshape', [x], { shape });
  };

/** 0 keeps the input's axis, unless `allowzero`, and −1 is the rest. */
function target(x: Shape, node: OnnxNode, into: Import): number[] {
  const asked = needed(node, into, 'shape', 1);
  if (asked.filter((n) => n === -1).length > 1 || asked.some((n) => n < -1)) throw node.unsupported(`its shape is [${asked.join(', ')}]`);
  const whole = asked.map((n, axis) => (n === 0 && !node.int('allowzero', 0) ? (x[axis] ?? 0) : n));
  const rest = sizeOf(x) / sizeOf(whole.filter((n) => n !== -1));
  const shape = whole.map((n) => (n === -1 ? rest : n));
  if (sizeOf(shape) === sizeOf(x) && shape.every(Number.isInteger)) return shape;
  throw node.unsupported(`[${x.join(', ')}] does not fill [${asked.join(', ')}]`);
}

function flattened(x: Shape, node: OnnxNode): number[] {
  const axis = node.int('axis', 1);
  const from = axis === x.length ? axis : axisOf(axis, x.length);
  return [sizeOf(x.slice(0, from)), sizeOf(x.slice(from))];
}

function squeezed(x: Shape, node: OnnxNode, into: Import): number[] {
  const axes = given(node, into, 'axes', 1)?.map((axis) => axisOf(axis, x.length)) ?? range(0, x.length).filter((axis) => x[axis] === 1);
  if (axes.some((axis) => x[axis] !== 1)) throw node.unsupported(`it takes axes [${axes.join(', ')}] out of [${x.join(', ')}]`);
  return x.filter((_, axis) => !axes.includes(axis));
}

function unsqueezed(x: Shape, node: OnnxNode, into: Import): number[] {
  const axes = needed(node, into, 'axes', 1);
  const rank = x.length + axes.length;
  const added = axes.map((axis) => axisOf(axis, rank));
  if (new Set(added).size < added.length) throw node.unsupported(`its axes [${axes.join(', ')}] name one twice`);
  const rest = x.values();
  return range(0, rank).map((axis) => (added.includes(axis) ? 1 : (rest.next().value as number)));
}

/** Shape's `start` and `end`, which may lie outside the shape, count from the back where negative. */
function part(x: Shape, node: OnnxNode): readonly number[] {
  return x.slice(node.int('start', 0), node.int('end', x.length));
}

function cast(x: Value, to: DType, { add }: Import): Value {
  return x.dtype === to ? x : add('Cast', [x], { to });
}

/** Read from files into 8 bits, they would not wrap as 4 do. */
const fourBits: ReadonlySet<number> = new Set([ElementType.INT4, ElementType.UINT4]);

/** What a tensor looks like: its shape, rank and type. */
export const shapeOps: Importers = {
  Identity: (node) => node.input(0),
  Reshape: shaped(target),
  Flatten: shaped(flattened),
  Squeeze: shaped(squeezed),
  Unsqueeze: shaped(unsqueezed),
  Shape: (node, into) => {
    const shape = part(node.input(0).shape, node);
    return constant(node, into, 'int64', [shape.length], (i) => shape[i] as number);
  },
  Size: (node, into) => constant(node, into, 'int64', [], () => sizeOf(node.input(0).shape)),
  Cast: (node, into) => {
    const to = fourBits.has(node.int('to')) ? undefined : dtypeOf(node.int('to'));
    if (!to) throw node.unsupported(`it makes element type ${node.int('to')}, which is not supported`);
    return cast(node.input(0), to, into);
  },
  CastLike: (node, into) => cast(node.input(0), node.input(1).dtype, into),
};
