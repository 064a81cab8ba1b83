import type { ReaderOptions } from '../core/dataset.ts';
import { UserError } from '../core/errors.ts';
import type { ScanRequest } from './plan.ts';

/** What a request tells the reader of its data: only what was given, as a reader refuses what does not concern it. */
export function readerOptionsOf({ data, ...request }: ScanRequest): ReaderOptions {
  const { classes, skipUnreadable, label, bounds, immutable, integer } = request;
  const options = {
    ...(classes !== undefined && { classes }),
    ...(skipUnreadable === true && { skipUnreadable }),
    ...(label !== undefined && { label }),
    ...(bounds !== undefined && { bounds }),
    ...(immutable !== undefined && { immutable: columnNames('immutable', immutable) }),
    ...(integer !== undefined && { integer: columnNames('integer', integer) }),
  };
  const [first] = Object.keys(options);
  if (typeof data === 'object' && first !== undefined) {
    throw new UserError(`${data.spec} is open already: give ${first} to openDataset`);
  }
  return options;
}

function columnNames(what: string, written: string | readonly string[]): string[] {
  const names = typeof written === 'string' ? written.split(',').map((name) => name.trim()) : [...written];
  if (names.length > 0 && !names.includes('')) return names;
  throw new UserError(`${what}: expected names of columns such as age,sex, found '${String(written)}'`);
}
