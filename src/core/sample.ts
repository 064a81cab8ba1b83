import type { NdArray } from 'ndarray';

/** One labelled example. */
export interface Sample {
  /** Position in the reader's own order, before offset, shuffle or limit. */
  readonly id: number;
  /** The clean example: [H, W, C] in [0, 1] for images, [features] for tables; row-major. */
  readonly x: NdArray<Float32Array>;
  /** Class number, 0-based. */
  readonly y: number;
}
