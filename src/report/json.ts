import { printable } from './printable.ts';
import type { Reporter } from './reporter.ts';

/** The report itself. */
export const json: Reporter = {
  file: 'report.json',
  render: (report) => asJson(report),
};

/** A result as the text of a file. What JSON leaves raw but a terminal would obey is escaped, which JSON reads back unchanged. */
export function asJson(result: object): string {
  return `${JSON.stringify(result, null, 2).split('\n').map(printable).join('\n')}\n`;
}
