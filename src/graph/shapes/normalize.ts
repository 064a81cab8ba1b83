import { int } from '../attributes.ts';
import { axisOf, range } from '../broadcast.ts';
import type { Infer } from '../shapes.ts';
import { reduced } from './reduce.ts';

/** Values brought to mean 0 and variance 1. */
export const normalizeShapes: Record<string, Infer> = {
  /** Over the axes from `axis` on; scale and bias have those axes. Also the mean, and 1 / the deviation. */
  LayerNormalization: (attributes, x) => {
    const rank = x.shape.length;
    const axes = range(axisOf(int(attributes, 'axis', -1), rank), rank);
    const statistic = { shape: reduced(x.shape, axes, true), dtype: x.dtype };
    return [x, statistic, statistic];
  },
  /**
   * In training: over all axes but `axis`, which scale and bias lie along. Also the batch's mean, and its variance, of
   * which the divisor is the number of values. (With known statistics it is a product and a sum.)
   */
  BatchNormalization: (_, x, scale) => [x, scale, scale],
};
