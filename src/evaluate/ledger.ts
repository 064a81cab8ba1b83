import type { Goal } from '../core/goal.ts';

/** What the scheduler notes about a running job. The job sets a fresh one before each attack. */
export interface Ledger {
  /** Settles `fooled` and the default loss; undefined while only the clean example is asked about. */
  readonly goal: Goal | undefined;
  /** Told of each point at which the goal is reached. */
  readonly onFooled: ((at: Float32Array) => void) | undefined;
  forwardQueries: number;
  gradientQueries: number;
  /** Gradients that were zero everywhere, or not finite somewhere. */
  uselessGradients: number;
  /** Its share of the time spent on the batches it was in. */
  seconds: number;
  /** The model's failure, also when an attack caught the error thrown into it. */
  failure: Error | undefined;
}

export function openLedger(goal?: Goal, onFooled?: (at: Float32Array) => void): Ledger {
  return { goal, onFooled, forwardQueries: 0, gradientQueries: 0, uselessGradients: 0, seconds: 0, failure: undefined };
}
