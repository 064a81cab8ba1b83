import { version } from '../core/package.ts';
import type { AttackRow, RobustnessReport } from '../core/report.ts';
import type { Aggregator } from '../evaluate/aggregator.ts';
import type { SecondLook } from '../evaluate/again/secondLook.ts';
import { runChecks } from '../evaluate/checks.ts';
import type { AttackEvidence } from '../evaluate/checks.ts';
import type { FirstLook } from '../evaluate/firstLook.ts';
import { gatesOf } from '../evaluate/gates/gatesOf.ts';
import type { ShareBounds } from '../evaluate/gates/shareBounds.ts';
import type { Interval } from '../evaluate/statistics.ts';
import { verdictOf } from '../evaluate/verdict.ts';
import { askedOf } from './askedOf.ts';
import type { ExampleSource } from './exampleSource.ts';
import type { Plan } from './plan.ts';
import { averages, followsCrossEntropy } from './attackTraits.ts';
import { attackNamed, knowledgeOf } from './plannedAttacks.ts';
import type { Subject } from './subject.ts';

/** All that a scan has found out. */
export interface Findings {
  readonly plan: Plan;
  readonly subject: Subject;
  readonly source: ExampleSource;
  /** Examples that were left out because they could not be read. */
  readonly unreadable: number;
  readonly engine: RobustnessReport['engine'];
  readonly aggregator: Aggregator;
  /** What the adversarial examples were run on again; undefined where the attacks ran on it already. */
  readonly original: string | undefined;
  readonly interval: Interval;
  /** Of the gates. */
  readonly bounds: ShareBounds;
  readonly first: FirstLook;
  /** With --checks full. */
  readonly again: SecondLook | undefined;
  /** The model draws random numbers. */
  readonly random: boolean;
  /** Of the whole scan. */
  readonly elapsed: number;
}

/** The result object, from what was found. */
export function reportOf(findings: Findings): RobustnessReport {
  const { plan, subject, source, unreadable, engine, aggregator, original, interval, bounds, first, again, random, elapsed } = findings;
  const { dataset, epsilon } = subject;
  const threat = { norm: plan.norm, epsilon };
  const predicted = plan.labels === 'predicted';
  const figures = aggregator.figures(interval);
  const labels = plan.attacks.map(({ label }) => label);
  const gates = gatesOf({ threat, ...figures }, labels, plan.thresholds, { bounds, confidence: plan.confidence });
  const checks = runChecks({
    anomalies: aggregator.anomalies,
    strengths: aggregator.strengths,
    attacks: figures.attacks.filter((row) => row.epsilon === epsilon).map((row) => evidenceOf(row, subject)),
    curve: figures.curve,
    total: figures.clean.total,
    original,
    target: plan.target,
    rows: engine.rows,
    gradient: engine.gradient,
    first,
    random,
    again,
    threat,
    bounds: boundsOf(subject),
    gates,
  });
  return {
    schemaVersion: 1,
    tool: { name: 'breakwater', version },
    measure: predicted ? 'stability' : 'accuracy',
    model: describeModel(subject),
    dataset: {
      spec: dataset.spec,
      sha256: source.sha256(),
      examples: figures.clean.total,
      classHistogram: predicted ? predictedHistogram(figures.perClass, subject) : source.histogram,
      ...(dataset.classNames && !predicted && { classNames: dataset.classNames }),
      ...((plan.reader.skipUnreadable || unreadable > 0) && { unreadable }),
    },
    threat: { ...threat, ...(plan.target !== undefined && { target: plan.target }), bounds: boundsOf(subject), ...constraintsOf(subject) },
    engine,
    seed: plan.seed,
    request: askedOf(plan, subject),
    seconds: elapsed,
    ...figures,
    checks,
    gates,
    ...(gates.length > 0 && { confidence: plan.confidence }),
    verdict: verdictOf(gates, checks),
  };
}

/** What the checks know of an attack beside its figures. */
function evidenceOf(row: AttackRow, { model, dataset }: Subject): AttackEvidence {
  const attack = attackNamed(row.name);
  const { knowledge } = attack;
  const size = dataset.shape.reduce((product, length) => product * length, 1);
  const setting = { norm: row.norm === 'none' ? 'linf' : row.norm, classes: model.classes, size } as const;
  const { gradient } = attack.cost(setting, { ...row.options, draws: 1 }); // a gradient averaged over draws is one step
  const gradientFree = row.members?.find(({ name }) => (knowledgeOf(name) ?? knowledge) !== 'gradient')?.name;
  const traits = { crossEntropy: followsCrossEntropy(row), averages: knowledge === 'gradient' && averages(row) };
  return { ...row, ...traits, knowledge, singleStep: gradient <= 1, ...(gradientFree !== undefined && { gradientFree }) };
}

/** The classes as the model has them. */
function predictedHistogram(perClass: RobustnessReport['perClass'], { model }: Subject): number[] {
  const histogram = new Array<number>(model.classes).fill(0);
  for (const { label, total } of perClass) histogram[label] = total;
  return histogram;
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
