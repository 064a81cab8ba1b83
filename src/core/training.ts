import type { RobustnessReport } from './report.ts';

/** How a hardening went, and what it took. Plain data, JSON-serialisable. */
export interface TrainingRecord {
  readonly schemaVersion: 1;
  readonly tool: RobustnessReport['tool'];
  /** All that decides the weights, on one machine. */
  readonly settings: object;
  /** Training steps. */
  readonly steps: number;
  /** Spent on training and validation. */
  readonly seconds: number;
  /** The epoch whose weights were kept; counts from 1. */
  readonly kept: number;
  readonly epochs: readonly {
    readonly epoch: number;
    /** Means over the epoch, on adversarial examples. */
    readonly loss: number;
    readonly trainingAccuracy: number;
    /** Accuracies on the validation examples, without an attack and under one. */
    readonly clean: number;
    readonly robust: number;
  }[];
}
