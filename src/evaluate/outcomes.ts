import { UserError } from '../core/errors.ts';
import type { AskedAttack, Threat } from './aggregator.ts';
import { isInNoBall } from './attempt.ts';
import { fallsAt } from './fallsAt.ts';
import { Growing } from './growing.ts';
import type { StoredRecord } from './records.ts';

/** Whether the sample at a place was got right. */
export type Right = (place: number) => boolean;

/** What tells a sample from any other. */
export type SampleKey = Pick<StoredRecord, 'id' | 'example' | 'label'>;

/**
 * The samples of a scan, and the places of their outcomes in arrays: some tens of bytes for each. Two scans that share
 * it are compared sample by sample.
 */
export class Samples {
  readonly ids: number[] = [];
  private readonly places = new Map<number, number>();
  private readonly examples: string[] = [];
  private readonly labels = new Growing((length) => new Int32Array(length));

  /** The label is that of the record which names the sample first; undefined where the sample is another example. */
  placeOf({ id, example, label }: SampleKey): number | undefined {
    const known = this.places.get(id);
    if (known === undefined) return this.add(id, example, label);
    return this.examples[known] === example ? known : undefined;
  }

  /** The place of a sample that is there; undefined where there is none, or it is another example. */
  find({ id, example }: Pick<SampleKey, 'id' | 'example'>): number | undefined {
    const known = this.places.get(id);
    return known !== undefined && this.examples[known] === example ? known : undefined;
  }

  labelAt(place: number): number {
    return this.labels.at(place);
  }

  exampleAt(place: number): string {
    return this.examples[place] as string;
  }

  private add(id: number, example: string, label: number): number {
    const place = this.ids.push(id) - 1;
    this.places.set(id, place);
    this.examples.push(example);
    this.labels.push(label);
    return place;
  }
}

/** Who was got right, by the places of the samples. */
export interface Fared {
  rightWithoutAttack(): Right;
  /** Under the attack of that label, at `epsilon`, which must be its own unless it looks for the smallest perturbation. */
  rightUnder(label: string, epsilon: number): Right;
  /** Under every attack in the ball. */
  rightUnderAll(epsilon?: number): Right;
}

/** How each sample of one scan fared under each attack, from its records in any order; of two on the same the last counts. */
export class Outcomes implements Fared {
  private readonly source: string;
  private readonly samples: Samples;
  private readonly threat: Threat;
  private readonly attacks: ReadonlyMap<string, AttackOutcomes>;
  private readonly clean = new Growing((length) => new Uint8Array(length));

  /** `source` is the file that the records come from. */
  constructor(source: string, asked: readonly AskedAttack[], threat: Threat, samples: Samples) {
    this.source = source;
    this.samples = samples;
    this.threat = threat;
    this.attacks = new Map(asked.map((one) => [one.label, new AttackOutcomes(one, threat)]));
  }

  add(record: StoredRecord): void {
    const attack = this.attacks.get(record.attack);
    if (!attack) throw new UserError(`${this.source}: expected records of ${[...this.attacks.keys()].join(', ')}, found one of ${record.attack}`);
    const place = this.placeOf(record);
    this.clean.set(place, Number(record.clean === record.label));
    attack.put(place, attack.epsilonOf(record));
  }

  /** Takes what is known of a sample already: `fallsAt` is the smallest epsilon at which it is fallen, for each attack. */
  put(sample: SampleKey, right: boolean, fallsAt: (label: string) => number): void {
    const place = this.placeOf(sample);
    this.clean.set(place, Number(right));
    for (const [label, attack] of this.attacks) attack.put(place, right ? fallsAt(label) : 0);
  }

  /** Samples that some attack has no record of. */
  missing(): number {
    return Math.max(0, ...[...this.attacks.values()].map(({ count }) => this.samples.ids.length - count));
  }

  rightWithoutAttack(): Right {
    return (place) => this.clean.at(place) === 1;
  }

  rightUnder(label: string, epsilon: number): Right {
    const attack = this.attacks.get(label) as AttackOutcomes;
    return (place) => attack.survives(place, epsilon);
  }

  rightUnderAll(epsilon = this.threat.epsilon): Right {
    const inBall = [...this.attacks.values()].filter(({ asked }) => !isInNoBall(asked));
    return (place) => inBall.every((attack) => attack.survives(place, epsilon));
  }

  private placeOf(sample: SampleKey): number {
    const place = this.samples.placeOf(sample);
    if (place === undefined) throw new UserError(`${this.source}: example ${sample.id} is another one than in the other records`);
    return place;
  }
}

class AttackOutcomes {
  readonly asked: AskedAttack;
  /** Samples it has a record of. */
  count = 0;
  private readonly threat: Threat;
  private readonly seen = new Growing((length) => new Uint8Array(length));
  /** The smallest epsilon at which each sample is fallen; 0 where it was wrong from the start. */
  private readonly fallen = new Growing((length) => new Float64Array(length));

  constructor(asked: AskedAttack, threat: Threat) {
    this.asked = asked;
    this.threat = threat;
  }

  put(place: number, fallsAt: number): void {
    this.count += 1 - this.seen.at(place);
    this.seen.set(place, 1);
    this.fallen.set(place, fallsAt);
  }

  survives(place: number, epsilon: number): boolean {
    return this.fallen.at(place) > epsilon;
  }

  epsilonOf(record: StoredRecord): number {
    if (record.clean !== record.label) return 0;
    return record.outcome === 'survived' ? Infinity : fallsAt(record, this.asked, this.threat);
  }
}
