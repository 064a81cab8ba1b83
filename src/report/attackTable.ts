import type { RobustnessReport } from '../core/report.ts';
import { aligned } from './aligned.ts';
import { attackCells, outsideCells } from './attackCells.ts';
import type { Paint } from './paint.ts';
import { painted } from './painted.ts';

/** The attacks in the ball at the largest epsilon, between the clean figure and the worst case. */
export function attackTable(report: RobustnessReport, paint: Paint): string {
  return aligned(painted(attackCells(report), paint));
}

/** The attacks that keep to no ball; '' when there is none. */
export function outsideTable(report: RobustnessReport, paint: Paint): string {
  const cells = outsideCells(report);
  if (cells.length === 0) return '';
  return `${paint('dim', 'In no ball, and apart from the worst case:')}\n${aligned(painted(cells, paint))}`;
}
