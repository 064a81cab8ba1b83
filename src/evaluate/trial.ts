import type { Attack } from '../core/attack.ts';
import type { Bounds } from '../core/bounds.ts';
import type { Norm } from '../core/norms.ts';
import type { SampleRecord } from '../core/record.ts';
import type { Target } from './target.ts';

/** An attack to run, with its options checked. */
export interface PlannedAttack {
  /** As asked, with its options; unique in a scan. */
  readonly label: string;
  /** How many attacks of the same name come before it: the second one draws other random numbers. */
  readonly repeat: number;
  readonly attack: Attack;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What is measured on every example. */
export interface Trial {
  readonly attacks: readonly PlannedAttack[];
  readonly norm: Norm;
  readonly epsilon: number;
  readonly bounds: Bounds;
  readonly target: Target | undefined;
  readonly seed: number;
  /** Shape of one example, without the batch. */
  readonly shape: readonly number[];
  readonly classes: number;
}

/** Called with every record as it is made, and with the seconds spent on it. */
export type Emit = (record: SampleRecord, seconds: number) => void;
