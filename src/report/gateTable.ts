import type { RobustnessReport } from '../core/report.ts';
import { aligned } from './aligned.ts';
import { gateCells } from './gateCells.ts';
import type { Colour, Paint } from './paint.ts';
import { painted } from './painted.ts';

const colours: Readonly<Record<string, Colour>> = { held: 'green', missed: 'red', inconclusive: 'yellow' };

/** What was asked of the figures, and what the samples say about it; '' where nothing was. */
export function gateTable(report: RobustnessReport, paint: Paint): string {
  const cells = gateCells(report);
  if (cells.length === 0) return '';
  const status = cells[0]?.indexOf('status') ?? -1;
  const [titles = [], ...lines] = painted(cells, paint);
  const coloured = (cell: string, column: number) => (column === status ? paint(colours[cell] ?? 'dim', cell) : cell);
  return aligned([titles, ...lines.map((line) => line.map(coloured))], [status, status + 1]);
}
