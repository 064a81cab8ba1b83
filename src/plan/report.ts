import type { AttackRow, RobustnessReport } from '../core/report.ts';
import type { Aggregator } from '../evaluate/aggregator.ts';
import type { SecondLook } from '../evaluate/again/secondLook.ts';
import { runChecks } from '../evaluate/checks.ts';
import type { AttackEvidence } from '../evaluate/checks.ts';
import { gatesOf } from '../evaluate/gates/gatesOf.ts';
import type { ShareBounds } from '../evaluate/gates/shareBounds.ts';
import { intervalAt } from '../evaluate/statistics.ts';
import { verdictOf } from '../evaluate/verdict.ts';
import { withUnseen } from '../evaluate/sequential/withUnseen.ts';
import { averages, followsCrossEntropy } from './attacks/attackTraits.ts';
import type { Facts } from './facts.ts';
import type { Plan } from './plan.ts';
import { attackNamed, knowledgeOf } from './attacks/plannedAttacks.ts';
import type { SequentialOutcome } from './sequence.ts';

/** All that a scan has found out, or its shards together. */
export interface Findings {
  readonly facts: Facts;
  readonly aggregator: Aggregator;
  /** Of the examples. */
  readonly sha256: string;
  readonly bounds: ShareBounds;
  readonly sequential?: Pick<SequentialOutcome, 'report' | 'parts'> | undefined;
  /** With --checks full. */
  readonly again?: SecondLook | undefined;
  /** Of the whole scan. */
  readonly seconds: number;
}

/** What is asked of it; attacks as they were asked for. */
export type Asked = Pick<Plan, 'thresholds' | 'confidence'> & { readonly attacks: readonly Pick<Plan['attacks'][number], 'label'>[] };

/** The result object, from what was found. */
export function reportOf({ facts, aggregator, sha256, bounds, again, sequential, seconds }: Findings, { attacks, thresholds, confidence }: Asked): RobustnessReport {
  const { tool, measure, model, dataset, threat, engine, seed, request } = facts;
  const { spec, ...named } = dataset;
  const figures = aggregator.figures(intervalAt(bounds, 0.95));
  const labels = attacks.map(({ label }) => label);
  // The data have every group, whatever was selected of them; of a class they may have no example.
  const judged = withUnseen(figures, sequential?.report.stopped ? sequential.parts : { groups: facts.groups?.names });
  const gates = gatesOf({ threat, ...judged }, labels, thresholds, { bounds, confidence });
  const checks = runChecks({
    ...{ anomalies: aggregator.anomalies, strengths: aggregator.strengths },
    attacks: figures.attacks.filter(({ epsilon }) => epsilon === threat.epsilon).map((row) => evidenceOf(row, model)),
    curve: figures.curve,
    total: figures.clean.total,
    original: facts.original,
    target: threat.target,
    rows: engine.rows,
    gradient: engine.gradient,
    first: facts.first,
    random: facts.random,
    again,
    threat,
    bounds: threat.bounds,
    gates,
  });
  return {
    schemaVersion: 1,
    ...{ tool, measure, model },
    dataset: { spec, sha256, examples: figures.clean.total, classHistogram: histogramOf(figures.perClass, model), ...named },
    ...{ threat, engine, seed, request, seconds },
    ...figures,
    checks,
    gates,
    ...(gates.length > 0 && { confidence }),
    ...(sequential && { sequential: sequential.report }),
    // One shard is too little to judge by: that is up to all of them together.
    verdict: request['shard'] === undefined ? verdictOf(gates, checks) : 'measured',
  };
}

/** What the checks know of an attack beside its figures. */
function evidenceOf(row: AttackRow, { classes, inputShape }: RobustnessReport['model']): AttackEvidence {
  const attack = attackNamed(row.name);
  const { knowledge } = attack;
  const size = inputShape.reduce((product, length) => product * length, 1);
  const setting = { norm: row.norm === 'none' ? 'linf' : row.norm, classes, size } as const;
  const { gradient } = attack.cost(setting, { ...row.options, draws: 1 }); // a gradient averaged over draws is one step
  const gradientFree = row.members?.find(({ name }) => (knowledgeOf(name) ?? knowledge) !== 'gradient')?.name;
  const traits = { crossEntropy: followsCrossEntropy(row), averages: knowledge === 'gradient' && averages(row) };
  return { ...row, ...traits, knowledge, singleStep: gradient <= 1, ...(gradientFree !== undefined && { gradientFree }) };
}

/** Examples of each class, as the model has them. */
function histogramOf(perClass: RobustnessReport['perClass'], { classes }: RobustnessReport['model']): number[] {
  const histogram = new Array<number>(classes).fill(0);
  for (const { label, total } of perClass) histogram[label] = total;
  return histogram;
}
