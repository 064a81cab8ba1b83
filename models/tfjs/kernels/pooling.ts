import type { Value } from '../../../src/graph/ir.ts';
import { sameShape } from '../../../src/graph/broadcast.ts';
import { expectShape, toChannelsFirst, toChannelsLast, windowOf } from './convolution.ts';
import type { Rule, Rules } from './rule.ts';

interface PoolAttributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export const poolingRules: Rules = {
  MaxPool: pool('MaxPool'),
  /** TF leaves padding out of the average, as ONNX does by default. */
  AvgPool: pool('AveragePool'),
};

function pool(op: 'MaxPool' | 'AveragePool'): Rule {
  return (r, { x }: { x: Value }, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes) => {
    const shape = x.shape as [number, number, number, number];
    const info = r.tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const window = windowOf(info);
    const whole = sameShape(window.kernel_shape, [info.inHeight, info.inWidth]) && window.pads.every((n) => n === 0);
    const first = r.transpose(x, toChannelsFirst);
    const y = whole && op === 'AveragePool' ? r.add('GlobalAveragePool', [first]) : r.add(op, [first], window);
    return expectShape(r, r.transpose(y, toChannelsLast), info.outShape);
  };
}
