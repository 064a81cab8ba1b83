import type { Gate } from '../../core/report.ts';
import type { ShareBounds } from './shareBounds.ts';

/** Samples that are counted together: all, those of a class, those of a group. */
export interface Part {
  /** The class or the group; undefined: all. */
  readonly where?: number | string;
  readonly successes: number;
  readonly total: number;
}

/** What a gate looks at. */
export interface Measure {
  readonly bound: Gate['bound'];
  /** The parts it is about: one, or the two between which it lies. */
  readonly of: (parts: readonly Part[]) => readonly Part[];
  readonly figure: (of: readonly Part[]) => number;
  /** Each end is past what is true of the population with probability `alpha` at most, however many parts there are. */
  readonly interval: (parts: readonly Part[], bounds: ShareBounds, alpha: number) => readonly [lower: number, upper: number];
}
