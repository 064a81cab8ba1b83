import type { Result } from '../core/result.ts';
import { printable } from './printable.ts';
import type { Reporter } from './reporter.ts';

/** The report itself; of scenarios, which have names, each with its name, its report and its comparison. */
export const json: Reporter = {
  file: 'report.json',
  render: (results) => asJson(plain(results)),
};

function plain(results: readonly Result[]): object {
  const [only, ...more] = results;
  if (only && more.length === 0 && only.name === undefined) return only.report;
  return { schemaVersion: 1, scenarios: results.map(({ name, report, comparison }) => ({ name, report, comparison })) };
}

/** A result as the text of a file. What JSON leaves raw but a terminal would obey is escaped, which JSON reads back unchanged. */
export function asJson(result: object): string {
  return `${JSON.stringify(result, null, 2).split('\n').map(printable).join('\n')}\n`;
}
