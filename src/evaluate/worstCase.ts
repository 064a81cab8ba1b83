import type { Groups } from '../core/groups.ts';
import type { SampleRecord } from '../core/record.ts';
import type { RobustnessReport } from '../core/report.ts';
import { Growing } from './growing.ts';
import { share } from './share.ts';
import type { Interval } from './statistics.ts';

/** Without what single attacks leave of each class. */
interface Figures extends Pick<RobustnessReport, 'clean' | 'worstCase'> {
  readonly perClass: readonly Omit<RobustnessReport['perClass'][number], 'attacks'>[];
}

/** What all attacks inside the threat leave of each sample: the minimum over them, at every epsilon. */
export class WorstCase {
  private readonly epsilons: readonly number[];
  private readonly eightBit: boolean;
  /** Sample id → its place in the arrays. */
  private readonly places = new Map<number, number>();
  private readonly labels = new Growing((length) => new Int32Array(length));
  private readonly correct = new Growing((length) => new Uint8Array(length));
  /** For each epsilon: 1 when some attack was not survived. */
  private readonly fallen: readonly Growing<Uint8Array>[];
  private readonly fallen8bit = new Growing((length) => new Uint8Array(length));

  /** Epsilons ascend; `eightBit`: what 8 bits leave of the attacks at the largest one is counted too. */
  constructor(epsilons: readonly number[], eightBit: boolean) {
    this.epsilons = epsilons;
    this.eightBit = eightBit;
    this.fallen = epsilons.map(() => new Growing((length) => new Uint8Array(length)));
  }

  /** The sample's place, from 0 in the order in which samples come. */
  placeOf({ id, label, clean }: SampleRecord): number {
    const known = this.places.get(id);
    if (known !== undefined) return known;
    const place = this.places.size;
    this.places.set(id, place);
    this.labels.set(place, label);
    this.correct.set(place, Number(clean === label));
    return place;
  }

  /** An attack was not survived at `epsilon`, hence at none above it. */
  fall(place: number, epsilon: number): void {
    for (const [at, one] of this.epsilons.entries()) if (one >= epsilon) this.fallen[at]?.set(place, 1);
  }

  /** An attack at the largest epsilon was not survived, 8 bits or not. */
  fall8bit(place: number): void {
    this.fallen8bit.set(place, 1);
  }

  figures(interval: Interval): Figures {
    const classes = this.countedBy((_, place) => this.labels.at(place));
    const sum = (field: keyof Counts) => [...classes.values()].reduce((total, counts) => total + counts[field], 0);
    const [total, correct, robust, robust8bit] = [sum('total'), sum('correct'), sum('robust'), sum('robust8bit')];
    return {
      clean: { accuracy: share(correct, total), correct, total, interval: interval(correct, total) },
      worstCase: {
        robustAccuracy: share(robust, total),
        interval: interval(robust, total),
        ...(this.eightBit && { robustAccuracy8bit: share(robust8bit, total) }),
      },
      perClass: [...classes].sort(([a], [b]) => a - b).map(([label, counts]) => ({ label, ...accuracies(counts) })),
    };
  }

  /** By name. */
  groups({ names, members }: Groups): NonNullable<RobustnessReport['perGroup']> {
    const groups = this.countedBy((id) => names[members[id] as number] as string);
    return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, counts]) => ({ group, ...accuracies(counts) }));
  }

  isRobust(id: number): boolean {
    const place = this.places.get(id);
    return place !== undefined && this.survived(place, this.fallen.at(-1)) === 1;
  }

  /** Samples that survived every attack at the largest epsilon. */
  survivors(): number[] {
    return [...this.places].flatMap(([id, place]) => (this.survived(place, this.fallen.at(-1)) === 1 ? [id] : []));
  }

  /** Id and place of every sample, in the order of their ids. */
  samples(): [id: number, place: number][] {
    return [...this.places].sort(([a], [b]) => a - b);
  }

  /** The accuracy at every epsilon. */
  curve(interval: Interval): { epsilon: number; robustAccuracy: number; interval: readonly [number, number] }[] {
    const total = this.places.size;
    return this.epsilons.map((epsilon, at) => {
      let robust = 0;
      for (let place = 0; place < total; place++) robust += this.survived(place, this.fallen[at]);
      return { epsilon, robustAccuracy: share(robust, total), interval: interval(robust, total) };
    });
  }

  private survived(place: number, fallen: Growing<Uint8Array> | undefined): number {
    return this.correct.at(place) & (1 - (fallen?.at(place) ?? 0));
  }

  private countedBy<Key>(keyOf: (id: number, place: number) => Key): Map<Key, Counts> {
    const parts = new Map<Key, Counts>();
    for (const [id, place] of this.places) {
      const key = keyOf(id, place);
      const counts = parts.get(key) ?? { total: 0, correct: 0, robust: 0, robust8bit: 0 };
      if (counts.total === 0) parts.set(key, counts);
      counts.total++;
      counts.correct += this.correct.at(place);
      counts.robust += this.survived(place, this.fallen.at(-1));
      counts.robust8bit += this.survived(place, this.fallen8bit);
    }
    return parts;
  }
}

function accuracies({ total, correct, robust }: Counts): { total: number; cleanAccuracy: number; robustAccuracy: number } {
  return { total, cleanAccuracy: share(correct, total), robustAccuracy: share(robust, total) };
}

interface Counts {
  total: number;
  correct: number;
  /** Those that survived every attack at the largest epsilon. */
  robust: number;
  robust8bit: number;
}
