import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { RecordFile } from '../evaluate/records.ts';

/** Where the records of a scan go; nothing is made before the first one. Refuses a folder that holds another scan's. */
export function openRecords(out: string | undefined): RecordFile | undefined {
  if (out === undefined) return undefined;
  if (existsSync(out) && !statSync(out).isDirectory()) throw new UserError(`${out}: expected a folder, found a file`);
  const path = join(out, 'samples.jsonl');
  if (existsSync(path)) throw new UserError(`${path}: expected a folder without the samples of another scan; name another one`);
  return new RecordFile(path);
}
