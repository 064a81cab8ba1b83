import type { Norm } from '../core/norms.ts';
import type { SampleRecord } from '../core/record.ts';
import type { AttackRow } from '../core/report.ts';
import { Growing } from './growing.ts';
import { share } from './share.ts';
import type { Interval } from './statistics.ts';

type Figures = Omit<AttackRow, 'name' | 'options' | 'norm' | 'epsilon'>;

/** The figures of one attack, from its records as they come, in any order. */
export class AttackTally {
  private readonly norm: Norm;
  /** By the sample's place: 1 when its record has come. */
  private readonly seen = new Growing((length) => new Uint8Array(length));
  /** To the adversarial examples found, in the attack's norm. */
  private readonly distances = new Growing((length) => new Float64Array(length));
  private total = 0;
  private correct = 0;
  private survived = 0;
  private survived8bit = 0;
  private errors = 0;
  private targeted = 0;
  private reached = 0;
  private gradientQueries = 0;
  private forwardQueries = 0;
  private seconds = 0;

  constructor(norm: Norm) {
    this.norm = norm;
  }

  /** `place` tells the sample. */
  add(place: number, record: SampleRecord, seconds: number): void {
    const { id, attack, label, clean, outcome } = record;
    if (this.seen.at(place) === 1) throw new Error(`sample ${id} has two records of ${attack}`);
    this.seen.set(place, 1);
    this.total++;
    this.survived += Number(outcome === 'survived');
    this.survived8bit += Number(survives8bit(record));
    this.errors += Number(outcome === 'error');
    this.gradientQueries += record.gradientQueries;
    this.forwardQueries += record.forwardQueries;
    this.seconds += seconds;
    if (clean === label) this.addCorrect(record);
  }

  /** `eightBit`: the examples are images. */
  figures(interval: Interval, eightBit: boolean): Figures {
    const { total, correct, survived, survived8bit, reached, gradientQueries, forwardQueries, errors, seconds } = this;
    return {
      robustAccuracy: share(survived, total),
      interval: interval(survived, total),
      ...(eightBit && { robustAccuracy8bit: share(survived8bit, total) }),
      successRate: share(this.distances.length, correct),
      ...(this.targeted > 0 && { targetedSuccessRate: share(reached, correct) }),
      medianDistance: this.medianDistance(),
      gradientQueries,
      forwardQueries,
      errors,
      seconds,
    };
  }

  private addCorrect({ outcome, distances, target, adversarial }: SampleRecord): void {
    this.correct++;
    this.targeted += Number(target !== undefined);
    if (outcome !== 'broken') return;
    this.distances.push(distances?.[this.norm] ?? NaN);
    this.reached += Number(target !== undefined && adversarial === target);
  }

  /**
   * Over the correctly classified samples, those without an adversarial example being infinitely far. Of an even number
   * the mean of the two middle ones; null when that is infinite or there is none.
   */
  private medianDistance(): number | null {
    const sorted = this.distances.sorted();
    const at = (index: number) => sorted[Math.floor(index)] ?? Infinity;
    const median = (at((this.correct - 1) / 2) + at(this.correct / 2)) / 2;
    return Number.isFinite(median) ? median : null;
  }
}

/** It survived, or what broke it does no more once it is rounded to 8 bits. */
export function survives8bit({ outcome, broken8bit }: SampleRecord): boolean {
  return outcome === 'survived' || (outcome === 'broken' && broken8bit === false);
}
