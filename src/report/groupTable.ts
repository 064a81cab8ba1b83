import type { RobustnessReport } from '../core/report.ts';
import { aligned } from './aligned.ts';
import { count } from './figures.ts';
import { groupCells } from './groupCells.ts';
import type { Paint } from './paint.ts';
import { painted } from './painted.ts';

/** More would drown the rest. */
const mostShown = 20;

/** How the groups fare, those with the lowest worst case where there are many; '' where none were given. */
export function groupTable(report: RobustnessReport, paint: Paint): string {
  const { perGroup = [] } = report;
  if (perGroup.length === 0) return '';
  if (perGroup.length <= mostShown) return aligned(painted(groupCells(report), paint));
  const lowest = [...perGroup].sort((a, b) => a.robustAccuracy - b.robustAccuracy).slice(0, mostShown);
  const table = aligned(painted(groupCells({ ...report, perGroup: lowest }), paint));
  return `${table}\n${paint('dim', `and ${count(perGroup.length - mostShown)} groups that fare better`)}`;
}
