import type { Values } from '../graph/trainable.ts';
import type { Batch } from './fillBatch.ts';

/** Where a batch's adversarial examples come from. */
export interface Adversary {
  /** Training steps on each batch. */
  readonly replays: number;
  /** The batch's adversarial examples [rows, size], before each of its steps. */
  examples(batch: Batch, epoch: number): Promise<Float32Array>;
  /** Told, after each step, of the loss's slope at them. */
  readonly follow?: (inputGradient: Float32Array) => void;
  /** What it carries from batch to batch, for a checkpoint to keep: changed in place. */
  readonly memory: Values;
  close(): Promise<void>;
}
