/** The box every example lives in, in the dataset's units: one interval, or one per coordinate. */
export interface Bounds {
  readonly lower: number | Float32Array;
  readonly upper: number | Float32Array;
}

/** Images are always in [0, 1] inside breakwater, whatever the file holds. */
export const unitBounds: Bounds = { lower: 0, upper: 1 };
