import { Untraceable, type Value } from '../../../src/graph/ir.ts';
import { numbersOf, type Recorder } from '../recorder.ts';
import { toChannelsFirst, toChannelsLast } from './convolution.ts';
import type { Rule, Rules } from './rule.ts';

/**
 * Resizing is linear and works on rows and columns apart, so it is two products with constant matrices, one per axis.
 * TF.js makes the matrices itself: its kernel, run on an identity matrix. Every option means what it means there.
 */
export const resizeRules: Rules = {
  ResizeBilinear: resize('ResizeBilinear'),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor'),
  CropAndResize: (r, { image, boxes, boxInd }: { image: Value; boxes: Value; boxInd: Value }, attributes: CropAttributes) => {
    const { cropSize, extrapolationValue } = attributes;
    const box = commonBox(r, image, boxes, boxInd);
    if (extrapolationValue !== 0) throw new Untraceable(r.kernel, `extrapolates with ${extrapolationValue}`);
    const inputs = { boxes: r.constant(box, [1, 4]), boxInd: r.constant(Int32Array.of(0), [1], 'int32') };
    return separable(r, image, cropSize, (identity, size) => {
      const [matrix] = r.evaluate(r.kernel, { image: identity, ...inputs }, { ...attributes, cropSize: size });
      return matrix as Value;
    });
  },
};

interface CropAttributes {
  readonly cropSize: readonly [number, number];
  readonly extrapolationValue: number;
}

function resize(kernel: string): Rule {
  return (r, { images }: { images: Value }, attributes: { size: [number, number] }) =>
    separable(r, images, attributes.size, (identity, size) => {
      const [matrix] = r.evaluate(kernel, { images: identity }, { ...attributes, size });
      return matrix as Value;
    });
}

/** `run` resizes an image [1, h, w, channels] to `size`. */
function separable(
  r: Recorder,
  image: Value,
  [toHeight, toWidth]: readonly [number, number],
  run: (image: Value, size: [number, number]) => Value,
): Value {
  const [, height, width] = image.shape as [number, number, number, number];
  // The identity's columns ride along as channels.
  const rows = r.reshape(run(identity(r, height, [1, height, 1, height]), [toHeight, 1]), [toHeight, height]);
  const columns = r.reshape(run(identity(r, width, [1, 1, width, width]), [1, toWidth]), [toWidth, width]);
  const x = r.transpose(image, toChannelsFirst);
  const wide = r.add('MatMul', [x, r.transpose(columns, [1, 0])]);
  return r.transpose(r.add('MatMul', [rows, wide]), toChannelsLast);
}

function identity(r: Recorder, n: number, shape: readonly number[]): Value {
  const data = new Float32Array(n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return r.constant(data, shape);
}

/** The one box that every image of the batch is cropped to, in order. */
function commonBox(r: Recorder, image: Value, boxes: Value, boxInd: Value): Float32Array {
  const [corners, order] = [numbersOf(boxes), numbersOf(boxInd)];
  if (!(corners instanceof Float32Array) || !order) throw new Untraceable(r.kernel, 'the boxes depend on the input');
  const inOrder = order.length === image.shape[0] && order.every((index: number | bigint, i: number) => Number(index) === i);
  const alike = corners.every((corner, i) => corner === corners[i % 4]);
  if (!inOrder || !alike) throw new Untraceable(r.kernel, 'the images of a batch are cropped differently');
  return corners.slice(0, 4);
}
