import type { RobustnessReport } from '../core/report.ts';
import { aligned } from './aligned.ts';
import { curveCells } from './curveCells.ts';
import type { Paint } from './paint.ts';
import { painted } from './painted.ts';

/** How accuracy falls as epsilon grows: a line for each attack, a column for each epsilon; '' where there is one only. */
export function curveTable(report: RobustnessReport, paint: Paint): string {
  const cells = curveCells(report);
  return cells.length === 0 ? '' : aligned(painted(cells, paint));
}
