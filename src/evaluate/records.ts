import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { SampleRecord } from '../core/record.ts';

/** samples.jsonl as it grows: one line per record, with the system once `append` returns. */
export class RecordFile {
  private readonly path: string;
  private descriptor: number | undefined;
  /** The first folder that had to be made. */
  private made: string | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Makes folder and file at the first record; a file that is there already is another scan's and is not touched. */
  append(record: SampleRecord): void {
    this.descriptor ??= this.create();
    writeSync(this.descriptor, `${JSON.stringify(record)}\n`);
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  /** Takes back what was written, when the input turns out to be unusable. */
  discard(): void {
    if (this.descriptor === undefined) return;
    this.close();
    rmSync(this.made ?? this.path, { recursive: true });
  }

  private create(): number {
    try {
      this.made = mkdirSync(dirname(this.path), { recursive: true });
      return openSync(this.path, 'ax');
    } catch (cause) {
      throw new UserError(`${this.path}: cannot be written: ${(cause as Error).message}`, { cause });
    }
  }
}

/** The records of a file, in the order written. A last line without its end was cut off by a crash and is dropped. */
export function readRecords(path: string): SampleRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop(); // what follows the last line break: nothing, or a torn line
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as SampleRecord;
    } catch {
      throw new UserError(`${path}: line ${index + 1} is not a JSON record`);
    }
  });
}
