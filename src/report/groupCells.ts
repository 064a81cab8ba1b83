import type { RobustnessReport } from '../core/report.ts';
import { worstCaseSeries } from '../core/report.ts';
import { count, percent } from './figures.ts';

/** Titles, then a line for each group, by name; [] where none were given. */
export function groupCells({ perGroup = [] }: RobustnessReport): string[][] {
  if (perGroup.length === 0) return [];
  const lines = perGroup.map(({ group, total, cleanAccuracy, robustAccuracy }) => [group, count(total), percent(cleanAccuracy), percent(robustAccuracy)]);
  return [['group', 'examples', 'clean', worstCaseSeries], ...lines];
}
