import type { LossRows } from './losses.ts';
import type { Random } from './random.ts';

/** Answers about a batch, row-major. Valid until the oracle's next call. */
export interface Predictions {
  /** [rows, classes], before any softmax. */
  readonly logits: Float32Array;
}
export interface Gradients extends Predictions {
  /** [rows] */
  readonly loss: Float32Array;
  /** [rows, size]: the loss's gradient with respect to the example. */
  readonly gradient: Float32Array;
}

/** A model seen from an attack: rows of points in, logits and gradients out. */
export interface Oracle {
  /** Shape of one example, without the batch. */
  readonly inputShape: readonly number[];
  /** Number of values of one example: the product of inputShape. */
  readonly size: number;
  readonly classes: number;
  /** Largest number of rows one call takes. Fewer are padded by the oracle itself. */
  readonly batchSize: number;
  /** Numbers of rows that need no padding, largest first. Default: only batchSize. */
  readonly batchSizes?: readonly number[];
  /** False for models without gradients: only score- and decision-based attacks can run. */
  readonly differentiable: boolean;
  /**
   * Measured bound of the engine's error on a logit. An attack's own view of 'fooled' asks for this much margin, so
   * that rounding between two graphs of the same model does not undo a success.
   */
  readonly logitError: number;
  /** The model draws random numbers for each row. Two answers are the same only where the row's stream is. */
  readonly random?: boolean;
  /**
   * points: [rows, size], rows ≤ batchSize; the array may be longer (the rest is padding of arbitrary finite values).
   * draws: [rows], where the model's own random numbers come from; needed where `random`, else not looked at.
   */
  predict(points: Float32Array, rows: number, draws?: readonly Random[]): Promise<Predictions>;
  gradient(points: Float32Array, losses: LossRows, rows: number, draws?: readonly Random[]): Promise<Gradients>;
  /** Frees sessions and tensors. */
  close(): Promise<void>;
}
