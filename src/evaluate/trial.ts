import type { Attack } from '../core/attack.ts';
import type { Bounds } from '../core/bounds.ts';
import type { Columns } from '../core/dataset.ts';
import type { Norm } from '../core/norms.ts';
import type { SampleRecord } from '../core/record.ts';
import type { Target } from './target.ts';

/** An attack to run, with its options checked; one that is asked for at several epsilons is planned once for each. */
export interface PlannedAttack {
  /** As asked, with its options, and with its epsilon where there are several; unique in a scan. */
  readonly label: string;
  /** The label without its epsilon, where there are several. */
  readonly series?: string;
  /** How many attacks of the same name were asked for before it: the second one draws other random numbers. */
  readonly repeat: number;
  readonly attack: Attack;
  readonly options: Readonly<Record<string, unknown>>;
  /** Where there are several, in ascending order. Default: the trial's. */
  readonly epsilon?: number;
}

/** They differ in nothing but epsilon. */
export function isSameAttack(one: Pick<PlannedAttack, 'attack' | 'repeat'>, other: Pick<PlannedAttack, 'attack' | 'repeat'>): boolean {
  return one.attack.name === other.attack.name && one.repeat === other.repeat;
}

/** What is measured on every example. */
export interface Trial {
  readonly attacks: readonly PlannedAttack[];
  readonly norm: Norm;
  /** The largest, where there are several. */
  readonly epsilon: number;
  readonly bounds: Bounds;
  /** Tables with columns that are not free. */
  readonly columns?: Columns;
  readonly target: Target | undefined;
  readonly seed: number;
  /** Shape of one example, without the batch. */
  readonly shape: readonly number[];
  readonly classes: number;
  /** Whose labels count: the data's, or what the model itself says of the clean example. */
  readonly labels: 'given' | 'predicted';
  /** The examples are images in [0, 1]: what is found is also looked at as 8 bits would hold it. */
  readonly eightBit: boolean;
  /** The model draws random numbers: what fooled it once need not do so again. */
  readonly random?: boolean;
}

/** What came of one attack on one example. */
export interface Judged {
  readonly record: SampleRecord;
  /** A copy of what the attack returned, brought within the budget; absent where it was not run, or failed. */
  readonly point?: Float32Array<ArrayBuffer>;
}

/** Called with what came of every attack on every example, and with the seconds spent on it. */
export type Emit = (judged: Judged, seconds: number) => void;
