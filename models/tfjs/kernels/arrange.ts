import { Untraceable, type Value } from '../../../src/graph/ir.ts';
import { axisOf, range, sizeOf, type Shape } from '../../../src/graph/broadcast.ts';
import { numbersOf, type Recorder } from '../recorder.ts';
import { toChannelsFirst, toChannelsLast } from './convolution.ts';
import type { Rules } from './rule.ts';

interface One {
  readonly x: Value;
}
type Many = Readonly<Record<string, Value>>;
type Pairs = readonly (readonly [number, number])[];

/** Kernels that move, copy or leave out values. */
export const arrangeRules: Rules = {
  Reshape: (r, { x }: One, { shape }: { shape: number[] }) =>
    r.reshape(x, r.tf.util.inferFromImplicitShape(shape, sizeOf(x.shape))),
  ExpandDims: (r, { input }: { input: Value }, { dim }: { dim: number }) =>
    r.reshape(input, input.shape.toSpliced(axisOf(dim, input.shape.length + 1), 0, 1)),
  Transpose: (r, { x }: One, { perm }: { perm: number[] }) => r.transpose(x, perm),
  Concat: (r, parts: Many, { axis }: { axis: number }) => concat(r, Object.values(parts), axis),
  Pack: (r, parts: Many, { axis }: { axis: number }) => {
    const values = Object.values(parts);
    return concat(r, values.map((part) => r.reshape(part, part.shape.toSpliced(axis, 0, 1))), axis);
  },
  Unpack: (r, { value }: { value: Value }, { axis }: { axis: number }) => {
    const at = axisOf(axis, value.shape.length);
    const sizes = Array<number>(value.shape[at] as number).fill(1);
    return split(r, value, at, sizes).map((part) => r.reshape(part, value.shape.toSpliced(at, 1)));
  },
  SplitV: (r, { x }: One, { numOrSizeSplits, axis }: { numOrSizeSplits: number[] | number; axis: number }) => {
    const at = axisOf(axis, x.shape.length);
    return split(r, x, at, r.tf.backend_util.prepareSplitSize(toTensorLike(x), numOrSizeSplits, at));
  },
  Slice: (r, { x }: One, { begin, size }: { begin: number[]; size: number[] }) => {
    const [starts, sizes] = r.tf.slice_util.parseSliceParams(toTensorLike(x), begin, size) as [number[], number[]];
    return slice(r, x, starts, starts.map((start, axis) => start + (sizes[axis] as number)));
  },
  StridedSlice: (r, { x }: One, attributes: StridedSlice) => {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
    const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const;
    const plan = r.tf.slice_util.sliceInfo([...x.shape], begin, end, strides, ...masks);
    return r.reshape(slice(r, x, plan.begin, plan.end, plan.strides), plan.finalShape);
  },
  Reverse: (r, { x }: One, { dims }: { dims: number | number[] }) => {
    const axes = [dims].flat().map((axis) => axisOf(axis, x.shape.length));
    const step = x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1));
    const starts = x.shape.map((n, axis) => (axes.includes(axis) ? n - 1 : 0));
    return slice(r, x, starts, x.shape.map((n, axis) => (axes.includes(axis) ? -1 : n)), step);
  },
  PadV2: (r, { x }: One, { paddings, constantValue }: { paddings: Pairs; constantValue: number }) => pad(r, x, paddings, constantValue),
  MirrorPad: (r, { x }: One, { paddings, mode }: { paddings: Pairs; mode: 'reflect' | 'symmetric' }) => {
    if (mode === 'symmetric') throw new Untraceable(r.kernel, 'symmetric padding');
    return r.add('Pad', [x], { pads: beginsThenEnds(paddings), mode });
  },
  Tile: (r, { x }: One, { reps }: { reps: number[] }) => {
    if (reps.every((n) => n === 1)) return x;
    const shape = x.shape.map((n, axis) => n * (reps[axis] as number));
    const copiesOnes = x.shape.every((n, axis) => n === 1 || reps[axis] === 1);
    return copiesOnes ? r.add('Expand', [x], { shape }) : r.add('Tile', [x], { repeats: reps });
  },
  DepthToSpace: (r, { x }: One, { blockSize, dataFormat }: { blockSize: number; dataFormat: string }) => {
    if (dataFormat !== 'NHWC') throw new Untraceable(r.kernel, `data format ${dataFormat}`);
    const first = r.add('DepthToSpace', [r.transpose(x, toChannelsFirst)], { blocksize: blockSize, mode: 'DCR' });
    return r.transpose(first, toChannelsLast);
  },
  /** How TensorFlow writes a dilated convolution: the phases of the image become examples, and images again. */
  SpaceToBatchND: (r, { x }: One, { blockShape, paddings }: { blockShape: number[]; paddings: Pairs }) => {
    const { getReshaped, getPermuted, getReshapedPermuted } = r.tf.backend_util;
    const padded = pad(r, x, [[0, 0], ...paddings, ...x.shape.slice(1 + blockShape.length).map(() => [0, 0] as const)]);
    const [shape, block] = [[...padded.shape], sizeOf(blockShape)];
    const apart = r.reshape(padded, getReshaped(shape, blockShape, block, false));
    const phases = r.transpose(apart, getPermuted(apart.shape.length, blockShape.length, false));
    return r.reshape(phases, getReshapedPermuted(shape, blockShape, block, false));
  },
  BatchToSpaceND: (r, { x }: One, { blockShape, crops }: { blockShape: number[]; crops: number[][] }) => {
    const { getReshaped, getPermuted, getReshapedPermuted, getSliceBeginCoords, getSliceSize } = r.tf.backend_util;
    const [shape, block] = [[...x.shape], sizeOf(blockShape)];
    const apart = r.reshape(x, getReshaped(shape, blockShape, block));
    const whole = r.transpose(apart, getPermuted(apart.shape.length, blockShape.length));
    const image = r.reshape(whole, getReshapedPermuted(shape, blockShape, block));
    const starts = getSliceBeginCoords(crops, blockShape.length);
    const sizes = getSliceSize([...image.shape], crops, blockShape.length);
    return slice(r, image, starts, starts.map((start, axis) => start + (sizes[axis] as number)));
  },
  GatherV2: (r, { x, indices }: One & { indices: Value }, { axis, batchDims }: { axis: number; batchDims: number }) => {
    if (batchDims !== 0) throw new Untraceable(r.kernel, `${batchDims} batch dimensions`);
    if (!numbersOf(indices)) throw new Untraceable(r.kernel, 'the indices depend on the input');
    return r.add('Gather', [x, indices], { axis: axisOf(axis, x.shape.length) });
  },
};

interface StridedSlice {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

function concat(r: Recorder, parts: readonly Value[], axis: number): Value {
  // TF.js lets an empty tensor of another shape take part.
  const filled = parts.filter(({ shape }) => sizeOf(shape) > 0);
  const [only] = filled;
  if (only && filled.length === 1) return only;
  return r.add('Concat', filled, { axis: axisOf(axis, (only as Value).shape.length) });
}

function split(r: Recorder, x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  return sizes.length === 1 ? [x] : r.add('Split', [x], { axis, split: sizes }).node.outputs;
}

/** An end of −1 is the cell before the first, where a walk backwards stops; to ONNX it would mean the last one. */
function slice(r: Recorder, x: Value, starts: Shape, ends: Shape, steps: Shape = starts.map(() => 1)): Value {
  const counted = ends.map((end, axis) => (end < 0 ? end - (x.shape[axis] as number) : end));
  return r.add('Slice', [x], { starts, ends: counted, axes: range(0, starts.length), steps });
}

function pad(r: Recorder, x: Value, paddings: Pairs, value = 0): Value {
  return r.add('Pad', [x], { pads: beginsThenEnds(paddings), mode: 'constant', value });
}

const beginsThenEnds = (pairs: Pairs): number[] => [...pairs.map(([begin]) => begin), ...pairs.map(([, end]) => end)];

/** TF.js's shape helpers ask for a tensor but read only its shape. */
function toTensorLike({ shape }: Value): never {
  return { shape, rank: shape.length } as unknown as never;
}
