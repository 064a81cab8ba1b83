import { version } from '../../core/package.ts';
import type { RobustnessReport } from '../../core/report.ts';
import type { OpenedEngine } from '../../engine/choose.ts';
import type { Trial } from '../../evaluate/trial.ts';
import type { Plan } from '../plan.ts';
import { orderOf } from '../attacks/plannedAttacks.ts';
import type { AttackOrder } from '../attacks/plannedAttacks.ts';
import { nameOf } from '../reverify.ts';
import type { Subject } from '../subject.ts';

/**
 * All that the records of a scan depend on, as plain JSON. Not among it: how many examples, on how many threads, in
 * what batches; what is expected of the result.
 */
export interface Identity extends Omit<Trial, 'attacks'> {
  readonly version: string;
  readonly model: Pick<RobustnessReport['model'], 'sha256' | 'preprocessing' | 'logits'>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly order: { readonly offset: number; readonly shuffle: boolean };
  readonly engine: Pick<RobustnessReport['engine'], 'name' | 'version'>;
  /** Asked for; absent where not. */
  readonly straightThrough?: true | undefined;
  /** What the adversarial examples are run on again; absent where the attacks run on it already. */
  readonly original?: string | undefined;
  readonly attacks: readonly AttackOrder[];
}

export function identityOf(plan: Plan, { model, dataset }: Subject, { info, original }: OpenedEngine, trial: Trial): Identity {
  const { offset = 0, shuffle = false } = plan.selection;
  return asRead({
    version,
    model: { sha256: model.sha256, preprocessing: model.preprocessing, logits: model.logits },
    data: { spec: dataset.spec, ...plan.reader, skipUnreadable: undefined },
    order: { offset, shuffle },
    engine: { name: info.name, version: info.version },
    straightThrough: plan.straightThrough || undefined,
    original: nameOf(original),
    ...trial,
    attacks: trial.attacks.map(orderOf),
  });
}

/** As it reads when it comes back from a file: without what is undefined. */
export function asRead<Plain extends object>(identity: Plain): Plain {
  const text = JSON.stringify(identity, (_, value: unknown) => {
    if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
  return JSON.parse(text) as Plain;
}

export interface Difference {
  /** `attacks.1.options.steps`. */
  readonly field: string;
  readonly there: unknown;
  readonly here: unknown;
}

/** The first field in which two plain values differ. */
export function firstDifference(there: unknown, here: unknown, field = ''): Difference | undefined {
  if (!isRecord(there) || !isRecord(here)) return there === here ? undefined : { field, there, here };
  for (const name of new Set([...Object.keys(here), ...Object.keys(there)])) {
    const inside = firstDifference(there[name], here[name], field === '' ? name : `${field}.${name}`);
    if (inside) return inside;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
