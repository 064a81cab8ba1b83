import { worstCaseSeries } from '../../core/report.ts';
import { code } from './inert.ts';

/** A table of cells that are markdown already: the first row is its head, figures stand to the right. */
export function table([head = [], ...rows]: readonly (readonly string[])[], align: 'left' | 'right' = 'right'): string {
  const rule = head.map((_, i) => (i > 0 && align === 'right' ? '---:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Titles, names and figures as a table: names as code, the worst case bold. '' where there are none. */
export function figuresTable(cells: readonly (readonly string[])[]): string {
  const [head, ...rows] = cells;
  return head ? table([head, ...rows.map(figures)]) : '';
}

const ours = ['clean', worstCaseSeries];

function figures([name = '', ...rest]: readonly string[]): string[] {
  if (name === worstCaseSeries) return [name, ...rest].map((cell) => cell && `**${cell}**`);
  if (ours.includes(name)) return [name, ...rest];
  return [`${name.startsWith('  ') ? '&emsp;' : ''}${code(name.trim())}`, ...rest];
}
