import type { Gate, RobustnessReport } from '../../core/report.ts';
import { gap } from './gap.ts';
import { judge, statusOf } from './judge.ts';
import type { Rule } from './judge.ts';
import { lowest } from './lowest.ts';
import type { Measure, Part } from './measure.ts';
import type { Thresholds } from './thresholds.ts';

/** The part of a report that gates are about. */
export interface Judged extends Pick<RobustnessReport, 'clean' | 'attacks' | 'worstCase' | 'perClass' | 'perGroup'> {
  readonly threat: Pick<RobustnessReport['threat'], 'epsilon'>;
}

type Asked = Pick<Gate, 'id' | 'attack'> & { readonly threshold: number | undefined; readonly measure: Measure; readonly parts: readonly Part[] };

/** What the samples say about each threshold. `labels` are those of the attacks, as asked for, in their order. */
export function gatesOf(report: Judged, labels: readonly string[], thresholds: Thresholds, rule: Rule): Gate[] {
  return askedOf(report, labels, thresholds).flatMap(({ id, attack, threshold, measure, parts }) =>
    threshold === undefined ? [] : [{ id, ...(attack !== undefined && { attack }), ...judge(measure, parts, threshold, rule) }],
  );
}

/** The same in a word each, at a fraction of the cost. */
export function statusesOf(report: Judged, labels: readonly string[], thresholds: Thresholds, rule: Rule): Gate['status'][] {
  return askedOf(report, labels, thresholds).flatMap(({ threshold, measure, parts }) => (threshold === undefined ? [] : [statusOf(measure, parts, threshold, rule)]));
}

/** No threshold may be without its gate. */
function checkLabels(rows: readonly unknown[], labels: readonly string[], { robust = {} }: Thresholds): void {
  const missing = Object.keys(robust).find((attack) => !labels.includes(attack));
  if (missing !== undefined) throw new Error(`a threshold for ${missing}, which was not asked for`);
  if (rows.length !== labels.length) throw new Error(`${rows.length} rows of ${labels.length} attacks`);
}

function askedOf({ threat, clean, attacks, worstCase, perClass, perGroup = [] }: Judged, labels: readonly string[], thresholds: Thresholds): Asked[] {
  const all = (accuracy: number) => [partOf(accuracy, clean.total)];
  const rows = attacks.filter(({ norm, epsilon }) => norm === 'none' || epsilon === threat.epsilon);
  checkLabels(rows, labels, thresholds);
  const classes = perClass.map(({ robustAccuracy, total, label }) => ({ ...partOf(robustAccuracy, total), where: label }));
  const groups = perGroup.map(({ robustAccuracy, total, group }) => ({ ...partOf(robustAccuracy, total), where: group }));
  return [
    { id: 'clean', threshold: thresholds.clean, measure: lowest, parts: all(clean.accuracy) },
    ...rows.map(({ robustAccuracy }, at): Asked => {
      const attack = labels[at] as string;
      return { id: 'robust', attack, threshold: thresholds.robust?.[attack], measure: lowest, parts: all(robustAccuracy) };
    }),
    { id: 'worst-case', threshold: thresholds.worstCase, measure: lowest, parts: all(worstCase.robustAccuracy) },
    { id: 'worst-class', threshold: thresholds.worstClass, measure: lowest, parts: classes },
    { id: 'class-gap', threshold: thresholds.classGap, measure: gap, parts: classes },
    { id: 'worst-group', threshold: thresholds.worstGroup, measure: lowest, parts: groups },
    { id: 'group-gap', threshold: thresholds.groupGap, measure: gap, parts: groups },
  ];
}

function partOf(accuracy: number, total: number): Part {
  return { successes: Math.round(accuracy * total), total };
}
