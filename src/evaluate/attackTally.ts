import type { Norm } from '../core/norms.ts';
import type { SampleRecord } from '../core/record.ts';
import type { AttackRow } from '../core/report.ts';
import { Growing } from './growing.ts';
import { MemberTally } from './memberTally.ts';
import { share } from './share.ts';
import type { Interval } from './statistics.ts';

export type Figures = Omit<AttackRow, 'name' | 'options' | 'norm' | 'epsilon'>;

/** The figures of one attack, from its records as they come, in any order. */
export class AttackTally {
  private readonly norm: Norm;
  private readonly members: MemberTally | undefined;
  /** By the sample's place: 1 when its record has come. */
  private readonly seen = new Growing((length) => new Uint8Array(length));
  /** By label. */
  private readonly survivors = new Growing((length) => new Int32Array(length));
  /** To the adversarial examples found, in the attack's norm, and what is to be said of each: the sum of some marks. */
  private readonly distances = new Growing((length) => new Float64Array(length));
  private readonly marks = new Growing((length) => new Uint8Array(length));
  private total = 0;
  private correct = 0;
  /** Attacked, and nothing failed. */
  private settled = 0;
  private errors = 0;
  private targeted = 0;
  private gradientQueries = 0;
  private forwardQueries = 0;
  private seconds = 0;

  /** `members`: those of an ensemble, in order. */
  constructor(norm: Norm, members?: readonly string[]) {
    this.norm = norm;
    this.members = members && new MemberTally(members);
  }

  /** `place` tells the sample. */
  add(place: number, record: SampleRecord, seconds: number): void {
    const { id, attack, label, clean, outcome } = record;
    if (this.seen.at(place) === 1) throw new Error(`sample ${id} has two records of ${attack}`);
    this.seen.set(place, 1);
    this.total++;
    this.settled += Number(outcome === 'broken' || outcome === 'survived');
    this.errors += Number(outcome === 'error');
    this.gradientQueries += record.gradientQueries;
    this.forwardQueries += record.forwardQueries;
    this.seconds += seconds;
    if (outcome === 'survived') this.survivors.set(label, this.survivors.at(label) + 1);
    if (clean === label) this.addCorrect(record);
  }

  /** Samples of that label that survived at the epsilon it was run at. */
  survivorsOf(label: number): number {
    return this.survivors.at(label);
  }

  /** What is true at this epsilon, of those at which the attack's records tell: Infinity for all that was found. */
  figures(interval: Interval, { eightBit, epsilon }: { readonly eightBit: boolean; readonly epsilon: number }): Figures {
    const { total, correct, errors, members } = this;
    const { broken, undone, reached } = this.countWithin(epsilon);
    const survived = this.settled - broken;
    return {
      robustAccuracy: share(survived, total),
      interval: interval(survived, total),
      ...(eightBit && { robustAccuracy8bit: share(survived + undone, total) }),
      successRate: share(broken, correct),
      ...(this.targeted > 0 && { targetedSuccessRate: share(reached, correct) }),
      medianDistance: this.medianDistance(),
      gradientQueries: this.gradientQueries,
      forwardQueries: this.forwardQueries,
      errors,
      seconds: this.seconds,
      ...(members && { members: members.figures() }),
    };
  }

  private addCorrect(record: SampleRecord): void {
    this.correct++;
    this.targeted += Number(record.target !== undefined);
    this.members?.add(record);
    const found = foundAt(record, this.norm);
    if (found === undefined) return;
    this.distances.push(found);
    const reached = record.target !== undefined && record.adversarial === record.target;
    this.marks.push(Number(record.broken8bit === false) * undoneMark + Number(reached) * reachedMark);
  }

  private countWithin(epsilon: number): { broken: number; undone: number; reached: number } {
    const counts = { broken: 0, undone: 0, reached: 0 };
    for (let i = 0; i < this.distances.length; i++) {
      if (this.distances.at(i) > epsilon) continue;
      counts.broken++;
      counts.undone += Number((this.marks.at(i) & undoneMark) > 0);
      counts.reached += Number((this.marks.at(i) & reachedMark) > 0);
    }
    return counts;
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

/** Rounding to 8 bits undoes it; the wanted class was reached. */
const [undoneMark, reachedMark] = [1, 2];

/** How far from x an adversarial example was found, be it beyond epsilon; undefined where none was. */
export function foundAt({ outcome, smallest, disagreed, distances }: SampleRecord, norm: Norm): number | undefined {
  if (outcome === 'broken') return distances?.[norm] ?? NaN;
  return outcome === 'survived' && !disagreed ? smallest : undefined;
}

/** It survived, or what broke it does no more once it is rounded to 8 bits. */
export function survives8bit({ outcome, broken8bit }: SampleRecord): boolean {
  return outcome === 'survived' || (outcome === 'broken' && broken8bit === false);
}
