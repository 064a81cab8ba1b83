import type { Tensor } from '@tensorflow/tfjs';
import type { Graph } from './ir.ts';

/** How an example becomes the model's own input: x·(b−a)+a for range [a, b], then (x − mean) / std per channel. */
export interface Preprocessing {
  readonly range?: readonly [number, number];
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

/** A loaded model, not yet bound to an engine. A loader makes one; the engine runs it. */
export interface SavedModel {
  readonly path: string;
  readonly format: string;
  /** Of the model's files, in a fixed order. */
  readonly sha256: string;
  /** Shape of one example as the dataset gives it, without the batch: [H, W, C] or [features]. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly parameters: number;
  readonly preprocessing: Preprocessing;
  /** Where the logits are taken, e.g. 'before the final softmax'. */
  readonly logits: string;
  /** True where the model can take but one example at a time: a larger batch would be as slow, row by row. */
  readonly oneByOne?: boolean;
  /**
   * The forward pass at a fixed batch size: input `x` [batch, ...inputShape], output `logits` [batch, classes];
   * preprocessing included. Throws Untraceable naming the op that the IR cannot express.
   */
  trace(batch: number): Promise<Graph>;
  /** The same forward pass as a TF.js function, for the eager engine and as the reference of the compiled one. */
  readonly eager: (x: Tensor) => Tensor;
  /** Frees the weights. */
  close(): void;
}
