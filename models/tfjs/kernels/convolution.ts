import { Untraceable, type Attributes, type Value } from '../../../src/graph/ir.ts';
import { pick, sameShape, sizeOf, type Shape } from '../../../src/graph/broadcast.ts';
import type { Tf } from '../tf.ts';
import type { Recorder } from '../recorder.ts';
import { activate, type Fused } from './activation.ts';
import type { Rules } from './rule.ts';

type ConvInfo = ReturnType<Tf['backend_util']['computeConv2DInfo']>;
type Shape4 = [number, number, number, number];

interface ConvInputs {
  readonly x: Value;
  readonly filter: Value;
  readonly bias?: Value;
  readonly preluActivationWeights?: Value;
}
interface ConvAttributes extends Partial<Fused> {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dilations?: [number, number] | number | null;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: string;
}

/** TF.js's axes in the order of ONNX's, and back. */
export const toChannelsFirst = [0, 3, 1, 2];
export const toChannelsLast = [0, 2, 3, 1];
/** Filters: [h, w, in, out] to [out, in, h, w]. */
const toOihw = [3, 2, 0, 1];

export const convolutionRules: Rules = {
  Conv2D: convolution,
  FusedConv2D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: depthwise,
  /** The transposed convolution: TF.js states it as the gradient of a convolution whose input has `inputShape`. */
  Conv2DBackpropInput: (
    r,
    { dy, filter }: { dy: Value; filter: Value },
    attributes: ConvAttributes & { inputShape: Shape4 },
  ) => {
    channelsLastOnly(r, attributes);
    const { inputShape, strides, pad, dimRoundingMode } = attributes;
    const info = r.tf.backend_util.computeConv2DInfo(inputShape, filter.shape as Shape4, strides, 1, pad, dimRoundingMode);
    const y = r.add('ConvTranspose', [r.transpose(dy, toChannelsFirst), r.transpose(filter, toOihw)], {
      ...windowOf(info),
      output_padding: leftOver(info),
    });
    return expectShape(r, r.transpose(y, toChannelsLast), inputShape);
  },
};

function convolution(r: Recorder, inputs: ConvInputs, attributes: ConvAttributes): Value {
  return convolved(r, inputs, attributes, r.transpose(inputs.filter, toOihw), false);
}

/** A filter [h, w, in, multiplier] is `in` groups of one input channel each. */
function depthwise(r: Recorder, inputs: ConvInputs, attributes: ConvAttributes): Value {
  const [h, w, channels, multiplier] = inputs.filter.shape as Shape4;
  const perChannel = r.reshape(r.transpose(inputs.filter, [2, 3, 0, 1]), [channels * multiplier, 1, h, w]);
  return convolved(r, inputs, attributes, perChannel, true);
}

function convolved(r: Recorder, inputs: ConvInputs, attributes: ConvAttributes, filter: Value, isDepthwise: boolean): Value {
  channelsLastOnly(r, attributes);
  const { strides, dilations, pad, dimRoundingMode } = attributes;
  const shapes = [inputs.x.shape, inputs.filter.shape] as [Shape4, Shape4];
  const info = r.tf.backend_util.computeConv2DInfo(...shapes, strides, dilations ?? 1, pad, dimRoundingMode, isDepthwise);
  const bias = inputs.bias && r.reshape(inputs.bias, [sizeOf(inputs.bias.shape)]);
  const y = r.add('Conv', [r.transpose(inputs.x, toChannelsFirst), filter, bias], {
    ...windowOf(info),
    dilations: [info.dilationHeight, info.dilationWidth],
    group: isDepthwise ? info.inChannels : 1,
  });
  const last = expectShape(r, r.transpose(y, toChannelsLast), info.outShape);
  return activate(r, last, { activation: 'linear', ...attributes }, inputs.preluActivationWeights);
}

function channelsLastOnly(r: Recorder, { dataFormat = 'NHWC' }: ConvAttributes): void {
  if (dataFormat !== 'NHWC') throw new Untraceable(r.kernel, `data format ${dataFormat}`);
}

/** The window of a TF.js convolution or pool. TF's 'same' pads more at the end than at the beginning. */
export function windowOf(info: ConvInfo): Attributes & { pads: readonly number[]; kernel_shape: readonly number[] } {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    pads: [top, left, bottom, right],
  };
}

/** Input cells past the last window of a convolution, which the transposed one must add. */
function leftOver({ inHeight, inWidth, outHeight, outWidth, padInfo, ...info }: ConvInfo): number[] {
  const { top, left, bottom, right } = padInfo;
  return [
    inHeight + top + bottom - info.effectiveFilterHeight - info.strideHeight * (outHeight - 1),
    inWidth + left + right - info.effectiveFilterWidth - info.strideWidth * (outWidth - 1),
  ];
}

/** Explicit pads with their own rounding can ask for a window that ONNX cannot express. */
export function expectShape(r: Recorder, y: Value, shape: Shape): Value {
  if (sameShape(y.shape, shape)) return y;
  throw new Untraceable(r.kernel, `window of [${pick(shape, toChannelsFirst).join(', ')}] cannot be expressed`);
}
