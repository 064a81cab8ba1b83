import type { Norm } from '../core/norms.ts';
import type { SampleRecord } from '../core/record.ts';
import type { RobustnessReport } from '../core/report.ts';
import { Anomalies } from './anomalies.ts';
import { AttackTally, survives8bit } from './attackTally.ts';
import { Growing } from './growing.ts';
import { share } from './share.ts';
import type { Interval } from './statistics.ts';

/** An attack as it was asked for, and how its records are told from others'. */
export interface AskedAttack {
  readonly label: string;
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Threat {
  readonly norm: Norm;
  readonly epsilon: number;
}

export interface AggregatorOptions {
  readonly threat: Threat;
  /** The examples are images: what 8 bits leave of the attacks is counted too. */
  readonly eightBit: boolean;
}

export type Aggregate = Pick<RobustnessReport, 'clean' | 'attacks' | 'worstCase' | 'perClass'>;

/**
 * From records to the figures of the report, each as report.ts defines it. Records are added as they are made and not
 * kept: some tens of bytes remain of a sample. Their order does not matter.
 */
export class Aggregator {
  readonly anomalies: Anomalies;
  records = 0;
  private readonly asked: readonly AskedAttack[];
  private readonly threat: Threat;
  private readonly eightBit: boolean;
  private readonly tallies: ReadonlyMap<string, AttackTally>;
  /** Sample id → its place in the arrays. */
  private readonly places = new Map<number, number>();
  private readonly labels = new Growing((length) => new Int32Array(length));
  private readonly correct = new Growing((length) => new Uint8Array(length));
  /** 1 when some attack was not survived. */
  private readonly fallen = new Growing((length) => new Uint8Array(length));
  private readonly fallen8bit = new Growing((length) => new Uint8Array(length));

  constructor(asked: readonly AskedAttack[], { threat, eightBit }: AggregatorOptions) {
    this.asked = asked;
    this.threat = threat;
    this.eightBit = eightBit;
    this.anomalies = new Anomalies(threat);
    this.tallies = new Map(asked.map(({ label }) => [label, new AttackTally(threat.norm)]));
  }

  /** Takes the record of one sample under one attack, and the seconds spent on it. */
  add(record: SampleRecord, seconds: number): void {
    const tally = this.tallies.get(record.attack);
    if (!tally) throw new Error(`a record of ${record.attack}, which was not asked for`);
    const place = this.placeOf(record);
    tally.add(place, record, seconds);
    if (record.outcome !== 'survived') this.fallen.set(place, 1);
    if (!survives8bit(record)) this.fallen8bit.set(place, 1);
    this.anomalies.add(record);
    this.records++;
  }

  figures(interval: Interval): Aggregate {
    const classes = this.classes();
    const sum = (field: keyof ClassCounts) => [...classes.values()].reduce((total, counts) => total + counts[field], 0);
    const [total, correct, robust, robust8bit] = [sum('total'), sum('correct'), sum('robust'), sum('robust8bit')];
    return {
      clean: { accuracy: share(correct, total), correct, total, interval: interval(correct, total) },
      attacks: this.asked.map(({ label, name, options }) => ({
        name,
        options,
        ...this.threat,
        ...(this.tallies.get(label) as AttackTally).figures(interval, this.eightBit),
      })),
      worstCase: {
        robustAccuracy: share(robust, total),
        interval: interval(robust, total),
        ...(this.eightBit && { robustAccuracy8bit: share(robust8bit, total) }),
      },
      perClass: [...classes]
        .sort(([a], [b]) => a - b)
        .map(([label, counts]) => ({
          label,
          total: counts.total,
          cleanAccuracy: share(counts.correct, counts.total),
          robustAccuracy: share(counts.robust, counts.total),
        })),
    };
  }

  private placeOf({ id, label, clean }: SampleRecord): number {
    const known = this.places.get(id);
    if (known !== undefined) return known;
    const place = this.places.size;
    this.places.set(id, place);
    this.labels.set(place, label);
    this.correct.set(place, Number(clean === label));
    return place;
  }

  private classes(): Map<number, ClassCounts> {
    const classes = new Map<number, ClassCounts>();
    for (let place = 0; place < this.places.size; place++) {
      const label = this.labels.at(place);
      const counts = classes.get(label) ?? { total: 0, correct: 0, robust: 0, robust8bit: 0 };
      counts.total++;
      counts.correct += this.correct.at(place);
      counts.robust += 1 - this.fallen.at(place);
      counts.robust8bit += 1 - this.fallen8bit.at(place);
      classes.set(label, counts);
    }
    return classes;
  }
}

interface ClassCounts {
  total: number;
  correct: number;
  /** Those that survived every attack. */
  robust: number;
  robust8bit: number;
}
