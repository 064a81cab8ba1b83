import type { Chosen } from './choose.ts';
import type { Schedule } from './schedules/schedule.ts';

/** The frame that a schedule fills. */
export interface Course {
  readonly peak: number;
  /** Of the whole run. */
  readonly steps: number;
  /** Steps over which a factor rises from 0 to 1 in a straight line. */
  readonly warmUp: number;
}

/**
 * The learning rate of a step, counted from 0: a function of nothing else, so that a run which goes on needs no other
 * state. Taken at the middle of the step, where a triangle is 0 neither at the first nor at the last.
 */
export function learningRate({ plugin, options }: Chosen<Schedule>, { peak, steps, warmUp }: Course, step: number): number {
  const middle = step + 0.5;
  const warmth = middle < warmUp ? middle / warmUp : 1;
  return peak * warmth * plugin.shape(middle / steps, options);
}
