import * as v from 'valibot';
import type { AttackRow, Check, RobustnessReport } from '../../core/report.ts';
import { isInNoBall } from '../../evaluate/attempt.ts';
import type { Outcomes, Samples } from '../../evaluate/outcomes.ts';
import type { PlannedAttack } from '../../evaluate/trial.ts';
import type { Identity } from '../records/identity.ts';

/** A scan that has ended, with all that a comparison asks of it: in its folder, or in a baseline. */
export interface ComparableScan {
  /** Where it is kept. */
  readonly name: string;
  readonly report: ComparableReport;
  readonly identity: ComparableIdentity;
  readonly attacks: readonly PlannedAttack[];
  /** The outcome of every sample; those that are not among `samples` yet are added to them. */
  outcomes(samples: Samples): Outcomes;
}

/** The part of a report that a comparison reads. */
export interface ComparableReport extends Pick<RobustnessReport, 'tool' | 'measure' | 'model' | 'threat' | 'seed' | 'clean' | 'worstCase' | 'curve' | 'sequential'> {
  readonly dataset: Pick<RobustnessReport['dataset'], 'spec' | 'sha256' | 'examples' | 'classNames'>;
  readonly engine: Pick<RobustnessReport['engine'], 'name' | 'version' | 'processor'>;
  readonly attacks: readonly Pick<AttackRow, 'name' | 'epsilon' | 'robustAccuracy' | 'gradientQueries' | 'forwardQueries'>[];
  readonly checks: readonly Pick<Check, 'id' | 'title' | 'status'>[];
  /** Absent where it depends on the day: from a baseline. */
  readonly seconds?: number;
}

/** What its records depend on, as far as both scans of a comparison must share it. */
export type ComparableIdentity = Pick<Identity, 'labels' | 'target' | 'norm' | 'epsilon' | 'bounds' | 'columns' | 'attacks' | 'seed' | 'straightThrough'>;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const comparableReport = v.looseObject({
  tool: v.looseObject({ version: v.string() }),
  measure: v.picklist(['accuracy', 'stability']),
  model: v.looseObject({ path: v.string(), sha256: v.string() }),
  dataset: v.looseObject({ spec: v.string(), sha256: v.string(), examples: count }),
  threat: v.looseObject({ norm: v.string(), epsilon: v.number() }),
  engine: v.looseObject({ name: v.string(), version: v.string() }),
  seed: v.number(),
  seconds: v.optional(v.number()),
  clean: v.looseObject({ correct: count }),
  attacks: v.array(v.looseObject({ name: v.string(), epsilon: v.nullable(v.number()), robustAccuracy: v.number(), gradientQueries: count, forwardQueries: count })),
  worstCase: v.looseObject({ robustAccuracy: v.number() }),
  checks: v.array(v.looseObject({ id: v.string(), title: v.string(), status: v.string() })),
  curve: v.optional(v.array(v.looseObject({ epsilon: v.number() }))),
});

export const comparableIdentity = v.looseObject({
  norm: v.string(),
  epsilon: v.number(),
  attacks: v.array(v.looseObject({ name: v.string(), label: v.string(), options: v.looseObject({}) })),
});

/** Without what it was set to. */
export function comparableEngine({ name, version, processor }: ComparableReport['engine']): ComparableReport['engine'] {
  return { name, version, ...(processor !== undefined && { processor }) };
}

/** The epsilons of a scan, ascending. */
export function epsilonsIn({ curve, threat }: Pick<ComparableReport, 'curve' | 'threat'>): readonly number[] {
  return curve ? [...new Set(curve.map(({ epsilon }) => epsilon))].sort((a, b) => a - b) : [threat.epsilon];
}

/** Those at which an attack tells how a sample fares. */
export function epsilonsOfAttack(planned: PlannedAttack, { report, identity }: Pick<ComparableScan, 'report' | 'identity'>): readonly number[] {
  if (planned.epsilon !== undefined) return [planned.epsilon];
  return isInNoBall(planned) ? [identity.epsilon] : epsilonsIn(report);
}
