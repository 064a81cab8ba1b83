import type { Random } from '../../src/core/random.ts';
import type { Tensor } from '../../src/graph/check.ts';
import type { RandomNode } from './randomNode.ts';
import { between, chance, each, oneOf, shapeOf, tensorOf } from './draw.ts';

type Draw = (random: Random) => RandomNode;

const int64 = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor => ({ data: BigInt64Array.from(values, BigInt), shape, dtype: 'int64' });
const floats = (values: readonly number[]): Tensor => ({ data: Float32Array.from(values), shape: [values.length], dtype: 'float32' });
const axisOf = (random: Random, rank: number): number => between(random, -rank, rank - 1);
const some = (random: Random, rank: number): number[] => each(rank, (axis) => axis).filter(() => chance(random, 0.6));
/** Into an axis of n, from the front or the back. */
const index = (random: Random, n: number): number => between(random, -n, n - 1);
const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const indices = (random: Random, shape: readonly number[], n: number): Tensor => int64(each(product(shape), () => index(random, n)), shape);
const reduction = (random: Random): string => oneOf(random, ['none', 'add', 'mul']);

/** Coordinates [..., depth], no two the same: a scatter that writes a cell twice may do so in any order. */
function coordinates(random: Random, over: readonly number[], count: number): number[][] {
  const cells = each(product(over), (cell) => cell);
  return each(Math.min(count, cells.length), () => cells.splice(random.integer(cells.length), 1)[0] as number).map((cell) =>
    over.map((n, axis) => Math.floor(cell / product(over.slice(axis + 1))) % n),
  );
}

/** Nodes that move, copy or leave out values. */
export const arrangingNodes: readonly Draw[] = [
  function slice(random) {
    const shape = shapeOf(random, between(random, 1, 4));
    const axes = some(random, shape.length);
    const steps = axes.map(() => oneOf(random, [1, 1, 2, -1, -2]));
    const [starts, ends] = [axes.map(() => between(random, -6, 6)), axes.map(() => oneOf(random, [between(random, -6, 6), 2 ** 62, -(2 ** 62)]))];
    return { op: 'Slice', row: { inputs: [tensorOf(random, shape), ...[starts, ends, axes, steps].map((list) => int64(list))], opset: oneOf(random, [11, 13, 18]) } };
  },
  function gather(random) {
    const shape = shapeOf(random, between(random, 1, 4));
    const axis = axisOf(random, shape.length);
    return { op: 'Gather', row: { inputs: [tensorOf(random, shape), indices(random, shapeOf(random, between(random, 0, 2)), shape.at(axis) as number)], attributes: { axis }, opset: 13 } };
  },
  function elements(random) {
    const shape = shapeOf(random, between(random, 1, 3));
    const axis = axisOf(random, shape.length);
    const part = shape.map((n, at) => (at === (axis + shape.length) % shape.length ? between(random, 1, 5) : between(random, 1, n)));
    return { op: 'GatherElements', row: { inputs: [tensorOf(random, shape), indices(random, part, shape.at(axis) as number)], attributes: { axis }, opset: 13 } };
  },
  function gatherND(random) {
    const shape = shapeOf(random, between(random, 1, 4));
    const batch = between(random, 0, shape.length - 1);
    const over = shape.slice(batch, batch + between(random, 1, shape.length - batch));
    const lead = [...shape.slice(0, batch), ...shapeOf(random, between(random, 0, 2))];
    const found = each(product(lead), () => over.map((n) => index(random, n))).flat();
    return { op: 'GatherND', row: { inputs: [tensorOf(random, shape), int64(found, [...lead, over.length])], attributes: { batch_dims: batch }, opset: 13 } };
  },
  function scatterND(random) {
    const shape = shapeOf(random, between(random, 1, 4));
    const depth = between(random, 1, shape.length);
    const found = coordinates(random, shape.slice(0, depth), between(random, 1, 4));
    const updates = tensorOf(random, [found.length, ...shape.slice(depth)]);
    return { op: 'ScatterND', row: { inputs: [tensorOf(random, shape), int64(found.flat(), [found.length, depth]), updates], attributes: { reduction: reduction(random) }, opset: oneOf(random, [16, 18]) } };
  },
  function pad(random) {
    const shape = shapeOf(random, between(random, 1, 4));
    const mode = oneOf(random, ['constant', 'reflect', 'edge', 'wrap']);
    const axes = some(random, shape.length);
    const least = mode === 'constant' ? -1 : 0;
    const pads = each(2 * axes.length, () => between(random, least, mode === 'constant' ? 3 : 1));
    return { op: 'Pad', row: { inputs: [tensorOf(random, shape), int64(pads), mode === 'constant' && chance(random, 0.5) ? tensorOf(random, []) : undefined, int64(axes)], attributes: { mode }, opset: 19 } };
  },
  function reshape(random) {
    const shape = shapeOf(random, between(random, 1, 4));
    const kept = between(random, 0, shape.length - 1);
    const target = [...shape.slice(0, kept).map((n) => (chance(random, 0.5) ? 0 : n)), -1, ...(chance(random, 0.5) ? [1] : [])];
    return { op: 'Reshape', row: { inputs: [tensorOf(random, shape), int64(target)], opset: oneOf(random, [9, 13, 14]) } };
  },
  function split(random) {
    const parts = shapeOf(random, between(random, 1, 3));
    const shape = shapeOf(random, between(random, 1, 3));
    const axis = axisOf(random, shape.length);
    const whole = shape.with(axis, parts.reduce((a, b) => a + b, 0));
    return { op: 'Split', row: { inputs: [tensorOf(random, whole), int64(parts)], attributes: { axis }, opset: 13, outputs: parts.length } };
  },
  function expand(random) {
    const shape = shapeOf(random, between(random, 1, 3)).map((n) => (chance(random, 0.5) ? 1 : n));
    const target = [...shapeOf(random, between(random, 0, 1)), ...shape.map((n) => (n === 1 ? between(random, 1, 3) : oneOf(random, [1, n])))];
    return { op: 'Expand', row: { inputs: [tensorOf(random, shape), int64(target)], opset: 13 } };
  },
  function tile(random) {
    const shape = shapeOf(random, between(random, 1, 4));
    return { op: 'Tile', row: { inputs: [tensorOf(random, shape), int64(shape.map(() => between(random, 1, 3)))], opset: 13 } };
  },
  function transpose(random) {
    const shape = shapeOf(random, between(random, 1, 5));
    return { op: 'Transpose', row: { inputs: [tensorOf(random, shape)], attributes: { perm: coordinates(random, [shape.length], shape.length).flat() }, opset: 13 } };
  },
  function triangle(random) {
    const shape = shapeOf(random, between(random, 2, 4));
    return { op: 'Trilu', row: { inputs: [tensorOf(random, shape), int64([between(random, -4, 4)], [])], attributes: { upper: random.integer(2) }, opset: 14 } };
  },
  function sums(random) {
    const shape = shapeOf(random, between(random, 1, 4));
    const attributes = { exclusive: random.integer(2), reverse: random.integer(2) };
    return { op: 'CumSum', row: { inputs: [tensorOf(random, shape), int64([axisOf(random, shape.length)], [])], attributes, opset: 14 } };
  },
  function largest(random) {
    const shape = shapeOf(random, between(random, 1, 3));
    const axis = axisOf(random, shape.length);
    const attributes = { axis, largest: random.integer(2) };
    return { op: 'TopK', row: { inputs: [tensorOf(random, shape), int64([between(random, 1, shape.at(axis) as number)])], attributes, opset: 11, outputs: 2, elements: ['FLOAT', 'INT64'] } };
  },
  function resize(random) {
    const shape = [between(random, 1, 2), between(random, 1, 2), between(random, 1, 6), between(random, 1, 6)];
    const places = oneOf(random, ['half_pixel', 'half_pixel_symmetric', 'pytorch_half_pixel', 'asymmetric', 'align_corners']);
    const mode = oneOf(random, ['nearest', 'linear', 'cubic']);
    const nearest = mode === 'nearest' && { nearest_mode: oneOf(random, ['floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil']) };
    const attributes = { mode, coordinate_transformation_mode: places, ...nearest };
    const sizes = int64([...shape.slice(0, 2), between(random, 1, 9), between(random, 1, 9)]);
    const scales = floats([1, 1, ...each(2, () => oneOf(random, [1, 2, 3, 0.5, 1.5, 0.7, 1.3]))]);
    return { op: 'Resize', row: { inputs: [tensorOf(random, shape), undefined, ...(chance(random, 0.5) ? [scales] : [undefined, sizes])], attributes, opset: 19 } };
  },
  function blocks(random) {
    const block = between(random, 1, 3);
    const [n, c, h, w] = shapeOf(random, 4) as [number, number, number, number];
    if (chance(random, 0.5)) return { op: 'SpaceToDepth', row: { inputs: [tensorOf(random, [n, c, h * block, w * block])], attributes: { blocksize: block }, opset: 13 } };
    return { op: 'DepthToSpace', row: { inputs: [tensorOf(random, [n, c * block ** 2, h, w])], attributes: { blocksize: block, mode: oneOf(random, ['DCR', 'CRD']) }, opset: 13 } };
  },
];
