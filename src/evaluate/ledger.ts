import type { Goal } from '../core/goal.ts';
import type { Restraint } from './restraint.ts';

/** What the scheduler notes about a running job. The job sets a fresh one before each attack. */
export interface Ledger {
  /** Settles `fooled` and the default loss; undefined while only the clean example is asked about. */
  readonly goal: Goal | undefined;
  /** Told of each point at which the goal is reached. */
  readonly onFooled: ((at: Float32Array) => void) | undefined;
  /** Tables: what the columns demand of every point that the model is asked about. */
  readonly restraint: Restraint | undefined;
  forwardQueries: number;
  gradientQueries: number;
  /** Gradients that were zero everywhere, or not finite somewhere. */
  uselessGradients: number;
  /** Its share of the time spent on the batches it was in. */
  seconds: number;
  /** The model's failure, also when an attack caught the error thrown into it. */
  failure: Error | undefined;
}

export function openLedger(goal?: Goal, onFooled?: (at: Float32Array) => void, restraint?: Restraint): Ledger {
  return { goal, onFooled, restraint, forwardQueries: 0, gradientQueries: 0, uselessGradients: 0, seconds: 0, failure: undefined };
}
