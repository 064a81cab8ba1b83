import type { Attack, Knowledge } from '../core/attack.ts';
import type { Groups } from '../core/groups.ts';
import type { Norm } from '../core/norms.ts';
import type { SampleRecord } from '../core/record.ts';
import { worstCaseSeries } from '../core/report.ts';
import type { AttackRow, CurvePoint, RobustnessReport } from '../core/report.ts';
import { Anomalies } from './anomalies.ts';
import { AttackTally, survives8bit } from './attackTally.ts';
import { isInNoBall } from './attempt.ts';
import { fallsAt } from './fallsAt.ts';
import { Predictions } from './predictions.ts';
import { share } from './share.ts';
import type { Interval } from './statistics.ts';
import { Strengths } from './strengths.ts';
import type { PlannedAttack } from './trial.ts';
import { WorstCase } from './worstCase.ts';

/** An attack as it was asked for, and how its records are told from others'. */
export type AskedAttack = Pick<PlannedAttack, 'label' | 'series' | 'options' | 'epsilon'> & {
  readonly attack: Pick<Attack, 'name' | 'norms' | 'knowledge' | 'finds' | 'members'>;
};

export interface Threat {
  readonly norm: Norm;
  /** The largest, where there are several. */
  readonly epsilon: number;
}

export interface AggregatorOptions {
  readonly threat: Threat;
  /** Ascending, where there are several. Default: the threat's. */
  readonly epsilons?: readonly number[];
  /** The model's. */
  readonly classes: number;
  /** The examples are images: what 8 bits leave of the attacks is counted too. */
  readonly eightBit: boolean;
  /** Where they were asked for. */
  readonly groups?: Groups;
  /** What a member of an ensemble must know of the model. Default: as much as the ensemble. */
  readonly knowledgeOf?: (member: string) => Knowledge | undefined;
}

export type Aggregate = Pick<RobustnessReport, 'clean' | 'attacks' | 'curve' | 'worstCase' | 'perClass' | 'perGroup' | 'predictions'>;

/**
 * From records to the figures of the report, each as report.ts defines it. Records are added as they are made and not
 * kept: some tens of bytes remain of a sample. Their order does not matter.
 */
export class Aggregator {
  readonly anomalies: Anomalies;
  readonly strengths: Strengths;
  records = 0;
  private readonly asked: ReadonlyMap<string, AskedAttack>;
  private readonly tallies: ReadonlyMap<string, AttackTally>;
  private readonly worstCase: WorstCase;
  private readonly predictions = new Predictions();
  /** Label → place in the order asked. */
  private readonly orders: ReadonlyMap<string, number>;
  private readonly threat: Threat;
  private readonly epsilons: readonly number[];
  private readonly eightBit: boolean;
  private readonly groups: Groups | undefined;

  constructor(asked: readonly AskedAttack[], { threat, epsilons = [threat.epsilon], classes, eightBit, groups, knowledgeOf }: AggregatorOptions) {
    this.threat = threat;
    this.epsilons = epsilons;
    this.eightBit = eightBit;
    this.groups = groups;
    this.anomalies = new Anomalies(threat.norm);
    this.strengths = new Strengths(knowledgeOf);
    this.worstCase = new WorstCase(epsilons, eightBit);
    this.asked = new Map(asked.map((one) => [one.label, one]));
    this.orders = new Map(asked.map(({ label }, order) => [label, order]));
    const membersOf = ({ attack, options }: AskedAttack) => attack.members?.({ norm: threat.norm, classes }, options);
    this.tallies = new Map(asked.map((one) => [one.label, new AttackTally(threat.norm, membersOf(one))]));
  }

  /** Takes the record of one sample under one attack, and the seconds spent on it. */
  add(record: SampleRecord, seconds: number): void {
    const asked = this.asked.get(record.attack);
    if (!asked) throw new Error(`a record of ${record.attack}, which was not asked for`);
    const place = this.worstCase.placeOf(record);
    this.tallyOf(asked).add(place, record, seconds);
    this.predictions.add(place, record);
    this.anomalies.add(record, this.limitOf(asked, record));
    if (!isInNoBall(asked)) this.addInBall(place, record, asked);
    this.records++;
  }

  figures(interval: Interval): Aggregate {
    const { perClass, ...figures } = this.worstCase.figures(interval);
    const atLargest = [...this.asked.values()].filter((asked) => !isInNoBall(asked) && this.isAtLargest(asked));
    const survivorsOf = (label: number) => atLargest.map((asked) => this.tallyOf(asked).survivorsOf(label));
    return {
      ...figures,
      perClass: perClass.map((row) => ({ ...row, attacks: survivorsOf(row.label).map((survivors) => share(survivors, row.total)) })),
      ...(this.groups && { perGroup: this.worstCase.groups(this.groups) }),
      predictions: this.predictions.figures(),
      attacks: [...this.asked.values()].flatMap((asked) => this.rowsOf(asked, interval)),
      ...(this.epsilons.length > 1 && { curve: this.curve(interval) }),
    };
  }

  /** Whether one of the samples is among the survivors. */
  isRobust(id: number): boolean {
    return this.worstCase.isRobust(id);
  }

  /** Samples that survived every attack in the ball at the largest epsilon. */
  survivors(): number[] {
    return this.worstCase.survivors();
  }

  /**
   * Samples that an attack in the ball broke, by id, each with the label of the first of the attacks, in their order, that
   * did: of several epsilons of it the smallest at which it did.
   */
  broken(): { readonly id: number; readonly attack: string }[] {
    const labels = [...this.asked.keys()];
    return this.worstCase.samples().flatMap(([id, place]) => {
      const order = this.predictions.breakerOf(place);
      return order === undefined ? [] : [{ id, attack: labels[order] as string }];
    });
  }

  private addInBall(place: number, record: SampleRecord, asked: AskedAttack): void {
    const order = this.orders.get(asked.label) as number;
    if (record.outcome === 'broken') this.predictions.break(place, order, record, this.isAtLargest(asked));
    if (record.outcome !== 'survived') this.worstCase.fall(place, fallsAt(record, asked, this.threat));
    if (!this.isAtLargest(asked)) return;
    if (!survives8bit(record)) this.worstCase.fall8bit(place);
    this.strengths.add(place, record, asked.attack);
  }

  /** How far from x what the attack returned may lie. */
  private limitOf(asked: AskedAttack, { outcome }: SampleRecord): number {
    const anywhere = isInNoBall(asked) || (asked.attack.finds === 'smallest' && outcome !== 'broken');
    return anywhere ? Infinity : (asked.epsilon ?? this.threat.epsilon);
  }

  /** One that looks for the smallest perturbation was run once, and tells how it fares at every epsilon. */
  private rowsOf(asked: AskedAttack, interval: Interval): AttackRow[] {
    const { attack, options } = asked;
    const named = { name: attack.name, options };
    const figures = (epsilon: number) => this.tallyOf(asked).figures(interval, { eightBit: this.eightBit, epsilon });
    if (isInNoBall(asked)) return [{ ...named, norm: 'none', epsilon: null, ...figures(Infinity), medianDistance: null }];
    const row = (epsilon: number) => ({ ...named, norm: this.threat.norm, epsilon, ...figures(epsilon) });
    if (attack.finds !== 'smallest') return [row(asked.epsilon ?? this.threat.epsilon)];
    return this.epsilons.map((epsilon) => ({ ...row(epsilon), ...(epsilon !== this.threat.epsilon && spentElsewhere) }));
  }

  private curve(interval: Interval): CurvePoint[] {
    const inBall = [...this.asked.values()].filter((asked) => !isInNoBall(asked));
    const ofAttacks = inBall.flatMap((asked) =>
      this.rowsOf(asked, interval).map(({ epsilon, robustAccuracy, interval: around }) => {
        return { attack: asked.series ?? asked.label, epsilon: epsilon as number, robustAccuracy, interval: around };
      }),
    );
    return [...ofAttacks, ...this.worstCase.curve(interval).map((point) => ({ attack: worstCaseSeries, ...point }))];
  }

  private isAtLargest({ epsilon = this.threat.epsilon }: AskedAttack): boolean {
    return epsilon === this.threat.epsilon;
  }

  private tallyOf({ label }: AskedAttack): AttackTally {
    return this.tallies.get(label) as AttackTally;
  }
}

/** The row at the largest epsilon has them. */
const spentElsewhere = { gradientQueries: 0, forwardQueries: 0, seconds: 0 };
