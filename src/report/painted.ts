import { worstCaseSeries } from '../core/report.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';

/** Cells for a terminal: titles dim, the worst case bold, nothing that could steer it. */
export function painted(cells: readonly (readonly string[])[], paint: Paint): string[][] {
  return cells.map((row, i) => {
    const [name] = row;
    const shown = row.map(printable);
    if (i === 0) return shown.map((title) => title && paint('dim', title));
    return name === worstCaseSeries ? shown.map((cell) => cell && paint('bold', cell)) : shown;
  });
}
