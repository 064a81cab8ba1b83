import { int, ints } from '../attributes.ts';
import { type Shape } from '../broadcast.ts';
import type { Infer } from '../shapes.ts';
import { slid, spread, windowOf } from '../window.ts';

const [channelAxis, spatial] = [1, 2];
const channels = (shape: Shape): number => shape[channelAxis] as number;
const rows = (shape: Shape): number => shape[0] as number;

const globalPool: Infer = (_, x) => [{ shape: x.shape.map((n, axis) => (axis < spatial ? n : 1)), dtype: x.dtype }];

/** Convolutions and pools over [N, C, ...spatial]. */
export const windowShapes: Record<string, Infer> = {
  /** w [M, C / group, ...kernel]; b [M] */
  Conv: (attributes, x, w) => {
    const window = windowOf(attributes, w.shape.slice(spatial));
    if (channels(x.shape) !== channels(w.shape) * window.group)
      throw new Error(`${channels(x.shape)} channels meet a filter of ${channels(w.shape)} in ${window.group} groups`);
    return [{ shape: [rows(x.shape), rows(w.shape), ...slid(x.shape.slice(spatial), window)], dtype: x.dtype }];
  },
  /** w [C, M / group, ...kernel]; b [M] */
  ConvTranspose: (attributes, x, w) => {
    const window = windowOf(attributes, w.shape.slice(spatial));
    if (channels(x.shape) !== rows(w.shape))
      throw new Error(`${channels(x.shape)} channels meet a filter of ${rows(w.shape)}`);
    const extra = ints(
      attributes,
      'output_padding',
      window.kernel.map(() => 0),
    );
    const shape = [rows(x.shape), channels(w.shape) * window.group, ...spread(x.shape.slice(spatial), window, extra)];
    return [{ shape, dtype: x.dtype }];
  },
  MaxPool: (attributes, x) => {
    const shape = [...x.shape.slice(0, spatial), ...slid(x.shape.slice(spatial), windowOf(attributes))];
    const pooled = { shape, dtype: x.dtype };
    return int(attributes, 'indices', 0) ? [pooled, { shape, dtype: 'int64' }] : [pooled];
  },
  AveragePool: (attributes, x) => [
    { shape: [...x.shape.slice(0, spatial), ...slid(x.shape.slice(spatial), windowOf(attributes))], dtype: x.dtype },
  ],
  /** The second input holds MaxPool's indices; `output_shape` is whole, [N, C, ...spatial]. */
  MaxUnpool: (attributes, x) => [{ shape: ints(attributes, 'output_shape'), dtype: x.dtype }],
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
};
