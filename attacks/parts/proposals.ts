/** What Square does in one norm, in place. */
export interface Proposals {
  start(): Float32Array;
  /** Changes squares over this share of the pixels. */
  propose(point: Float32Array, share: number): void;
  /** Takes the last proposal back. */
  undo(point: Float32Array): void;
  /** Told when the point is the best so far. */
  kept?(point: Float32Array): void;
}
