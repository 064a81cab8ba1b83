import type { GenericSchema, InferOutput } from 'valibot';

/** A parameter on its way, and what an optimiser remembers of it: float32 vectors of one length. */
export interface Moving<Vector extends string = string> {
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  readonly memory: Readonly<Record<Vector, Float32Array>>;
}

/** How far one step goes. */
export interface Pace {
  readonly learningRate: number;
  /** Counts from 1. */
  readonly step: number;
}

/** A rule that turns gradients into new weights. Computes in float64, keeps float32. */
export interface Optimizer<Schema extends GenericSchema = GenericSchema, Vector extends string = string> {
  readonly name: string;
  /** One line: what it does. */
  readonly summary: string;
  /** arXiv number, where there is one. */
  readonly paper?: string;
  /** Peak of the learning rate where nobody says otherwise. */
  readonly learningRate: number;
  readonly options: Schema;
  /** What it remembers of each parameter: vectors of the parameter's length, zero at first. */
  readonly memory: readonly Vector[];
  /** Moves one parameter and its memory in place. */
  move(moving: Moving<Vector>, pace: Pace, options: InferOutput<Schema>): void;
}

/** Checks and returns a plain optimiser. Adding one = one file, one line in optimizers/index.ts, one row in its test. */
export function defineOptimizer<Schema extends GenericSchema, const Vector extends string>(optimizer: Optimizer<Schema, Vector>): Optimizer<Schema, Vector> {
  return optimizer;
}
