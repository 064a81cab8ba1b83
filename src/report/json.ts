import { printable } from './printable.ts';
import type { Reporter } from './reporter.ts';

/** The report itself. What JSON leaves raw but a terminal would obey is escaped, which JSON reads back unchanged. */
export const json: Reporter = {
  file: 'report.json',
  render: (report) => `${JSON.stringify(report, null, 2).split('\n').map(printable).join('\n')}\n`,
};
