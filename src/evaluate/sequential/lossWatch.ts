import { UserError } from '../../core/errors.ts';
import type { Gate } from '../../core/report.ts';
import { anytimeLoss } from './anytime.ts';

/** The scan before, with which a sequential scan is compared while it runs. */
export interface ScanBefore {
  /** Whether it found a sample robust under every attack in the ball; undefined where it knows no such example. `example` is what records hold of it. */
  readonly robust: (id: number, example: string) => boolean | undefined;
  /** The share of the worst case that may be lost. */
  readonly maxRegression: number;
}

/** Counts what has been won and lost since. */
export class LossWatch {
  private readonly before: ScanBefore;
  private readonly alpha: number;
  private readonly counts = { lost: 0, won: 0, total: 0 };

  constructor(before: ScanBefore, confidence: number) {
    this.before = before;
    this.alpha = (1 - confidence) / 2;
  }

  add(id: number, example: string, isRobust: boolean): void {
    const was = this.before.robust(id, example);
    if (was === undefined) throw new UserError(`sequential: expected examples that the baseline has too, found example ${id}, which it has not; with a limit a sequential scan draws other examples: update it with sequential (or shuffle) in the config`);
    this.counts.total++;
    this.counts.lost += Number(was && !isRobust);
    this.counts.won += Number(!was && isRobust);
  }

  status(): Gate['status'] {
    const { maxRegression } = this.before;
    if (anytimeLoss.upper(this.counts, this.alpha) < maxRegression) return 'held';
    return anytimeLoss.lower(this.counts, this.alpha) > maxRegression ? 'missed' : 'inconclusive';
  }
}
