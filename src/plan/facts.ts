import type { Groups } from '../core/groups.ts';
import { version } from '../core/package.ts';
import type { RobustnessReport } from '../core/report.ts';
import type { FirstLook } from '../evaluate/firstLook.ts';
import { askedOf } from './askedOf.ts';
import { asRead } from './records/identity.ts';
import type { Plan } from './plan.ts';
import type { Subject } from './subject.ts';

type Told = Pick<RobustnessReport, 'tool' | 'measure' | 'model' | 'threat' | 'engine' | 'seed' | 'request'>;

/** All that a report says beside what its records add up to. Plain JSON: reports of shards are put together from it. */
export interface Facts extends Told {
  readonly dataset: Pick<RobustnessReport['dataset'], 'spec' | 'classNames' | 'unreadable'>;
  /** Ascending. */
  readonly epsilons: readonly number[];
  readonly groups?: Groups | undefined;
  /** What the adversarial examples were run on again; absent where the attacks ran on it already. */
  readonly original?: string | undefined;
  readonly first: FirstLook;
  /** The model draws random numbers. */
  readonly random: boolean;
}

export interface Found extends Pick<Facts, 'engine' | 'original' | 'first' | 'random'> {
  /** Examples that were left out because they could not be read. */
  readonly unreadable: number;
}

export function factsOf(plan: Plan, subject: Subject, { unreadable, ...found }: Found): Facts {
  const { dataset, epsilon, epsilons, groups } = subject;
  const predicted = plan.labels === 'predicted';
  return asRead({
    tool: { name: 'breakwater', version },
    measure: predicted ? 'stability' : 'accuracy',
    model: describeModel(subject),
    dataset: {
      spec: dataset.spec,
      ...(dataset.classNames && !predicted && { classNames: dataset.classNames }),
      ...((plan.reader.skipUnreadable || unreadable > 0) && { unreadable }),
    },
    threat: { norm: plan.norm, epsilon, ...(plan.target !== undefined && { target: plan.target }), bounds: boundsOf(subject), ...constraintsOf(subject) },
    seed: plan.seed,
    request: askedOf(plan, subject),
    epsilons,
    groups,
    ...found,
  });
}

function describeModel({ model }: Subject): RobustnessReport['model'] {
  const { path, format, sha256, inputShape, classes, parameters, preprocessing, logits } = model;
  const stated = Object.keys(preprocessing).length > 0 && { preprocessing };
  return { path, format, sha256, inputShape, classes, parameters, ...stated, logits };
}

function boundsOf({ dataset: { bounds } }: Subject): RobustnessReport['threat']['bounds'] {
  const { lower, upper } = bounds;
  return typeof lower === 'number' && typeof upper === 'number' ? [lower, upper] : 'per column';
}

/** The columns that are not free, by name. */
function constraintsOf({ dataset: { columns } }: Subject): Pick<RobustnessReport['threat'], 'immutable' | 'integer'> {
  if (!columns) return {};
  const named = (flags: Uint8Array) => columns.names.filter((_, i) => flags[i] === 1);
  const [immutable, integer] = [named(columns.immutable), named(columns.integer)];
  return { ...(immutable.length > 0 && { immutable }), ...(integer.length > 0 && { integer }) };
}
