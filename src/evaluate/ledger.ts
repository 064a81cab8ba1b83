import type { Goal } from '../core/goal.ts';
import type { Random } from '../core/random.ts';
import type { Restraint } from './restraint.ts';

/** What the scheduler notes about a running job. The job sets a fresh one before each attack. */
export interface Ledger {
  /** Settles `fooled` and the default loss; undefined while only the clean example is asked about. */
  readonly goal: Goal | undefined;
  /** Told of each point at which the goal is reached. */
  readonly onFooled: ((at: Float32Array) => void) | undefined;
  /** Tables: what the columns demand of every point that the model is asked about. */
  readonly restraint: Restraint | undefined;
  /** Where the model's own random numbers come from, by draw; undefined where it is not known to draw any. */
  noise: Random | undefined;
  /** Draws that were not asked for by number: each is new. */
  draws: number;
  forwardQueries: number;
  gradientQueries: number;
  /** Gradients that were zero everywhere, or not finite somewhere, at points that did not reach the goal. */
  uselessGradients: number;
  /** Its share of the time spent on the batches it was in. */
  seconds: number;
  /** The model's failure, also when an attack caught the error thrown into it. */
  failure: Error | undefined;
}

/** What a job knows from the beginning. */
type Given = Partial<Pick<Ledger, 'goal' | 'onFooled' | 'restraint' | 'noise'>>;

export function openLedger({ goal, onFooled, restraint, noise }: Given = {}): Ledger {
  const counts = { draws: 0, forwardQueries: 0, gradientQueries: 0, uselessGradients: 0, seconds: 0 };
  return { goal, onFooled, restraint, noise, ...counts, failure: undefined };
}

/** The random numbers that a query is answered by: those it names, or new ones. */
export function drawFor(ledger: Ledger, draw: number | undefined): Random {
  if (!ledger.noise) throw new Error('a model that draws random numbers was asked without a stream to draw from');
  return draw === undefined ? ledger.noise.split('new').split(ledger.draws++) : ledger.noise.split(draw);
}
