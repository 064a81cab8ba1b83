import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { pid } from 'node:process';
import { CannotWrite } from '../core/errors.ts';
import { recordsIn } from './records.ts';
import type { StoredRecord } from './records.ts';

/** Rewrites a file of records, whole or not at all: those of some samples first, then the others, each as they were. */
export function putFirst(path: string, ids: ReadonlySet<number>): void {
  const aside = `${path}.${pid}.tmp`;
  try {
    const descriptor = openSync(aside, 'w');
    try {
      for (const isTurn of [isAmong, (record: StoredRecord) => !isAmong(record)]) {
        for (const record of recordsIn(path)) if (isTurn(record)) writeSync(descriptor, `${JSON.stringify(record)}\n`);
      }
    } finally {
      closeSync(descriptor);
    }
    renameSync(aside, path);
  } catch (cause) {
    throw new CannotWrite(path, cause);
  } finally {
    rmSync(aside, { force: true });
  }

  function isAmong({ id }: StoredRecord): boolean {
    return ids.has(id);
  }
}

/** Records of the first samples of a file. */
export function* ofFirst(records: Iterable<StoredRecord>, samples: number): Generator<StoredRecord, void> {
  const ids = new Set<number>();
  for (const record of records) {
    if (ids.add(record.id).size > samples) return;
    yield record;
  }
}
