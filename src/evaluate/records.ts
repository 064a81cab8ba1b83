import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { CannotWrite, UserError } from '../core/errors.ts';
import type { SampleRecord } from '../core/record.ts';
import { lineAt, wholeLines } from './wholeLines.ts';

/** A record as a file holds it. */
export interface StoredRecord extends SampleRecord {
  /** Which example it is about: the beginning of the hash of its label and values. */
  readonly example: string;
}

/** What is done about a line that is not a record: it is a user's file and must be whole, or ours and may lose a line. */
export type Damage = 'refuse' | 'pass over';

/**
 * A file of records, one line each, which grows and can be asked what it holds. A record is with the system once
 * `append` returns. In memory are the places of the lines, some tens of bytes for each.
 */
export class RecordFile {
  readonly path: string;
  private readonly descriptor: number;
  private readonly damage: Damage;
  /** Attack → sample id → where the line begins. */
  private readonly places = new Map<string, Map<number, number>>();
  /** Where the last whole line ends. */
  private end = 0;

  /** Opens or, to append, makes the file. A last line without its end was cut off by a crash; it never counts. */
  constructor(path: string, damage: Damage, access: 'append' | 'read' = 'append') {
    this.path = path;
    this.damage = damage;
    try {
      this.descriptor = openSync(path, access === 'read' ? 'r' : 'a+');
    } catch (cause) {
      throw new UserError(`${path}: cannot be ${access === 'read' ? 'read' : 'written'}: ${(cause as Error).message}`, { cause });
    }
    this.readPlaces();
    if (access === 'append') this.endLastLine();
  }

  find(id: number, attack: string): StoredRecord | undefined {
    const place = this.places.get(attack)?.get(id);
    return place === undefined ? undefined : (JSON.parse(lineAt(this.descriptor, place)) as StoredRecord);
  }

  append(record: StoredRecord): void {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      for (let written = 0; written < line.length; ) written += writeSync(this.descriptor, line, written);
    } catch (cause) {
      if (this.damage === 'refuse') ftruncateSync(this.descriptor, this.end);
      throw new CannotWrite(this.path, cause);
    }
    this.end += line.length;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private readPlaces(): void {
    let number = 0;
    for (const { text, offset } of wholeLines(this.descriptor)) {
      number++;
      this.end = offset + Buffer.byteLength(text) + 1;
      const record = parseRecord(text);
      if (record) this.remember(record, offset);
      else if (this.damage === 'refuse') throw brokenLine(this.path, number);
    }
  }

  private remember({ attack, id }: StoredRecord, offset: number): void {
    const ofAttack = this.places.get(attack) ?? new Map<number, number>();
    this.places.set(attack, ofAttack.set(id, offset));
  }

  /** Takes a torn line back; from a file that others write too it only sets off the next one. */
  private endLastLine(): void {
    if (fstatSync(this.descriptor).size === this.end) return;
    if (this.damage === 'refuse') ftruncateSync(this.descriptor, this.end);
    else writeSync(this.descriptor, '\n');
  }
}

/** The records of a file, in the order written. A last line without its end was cut off by a crash and is dropped. */
export function readRecords(path: string): StoredRecord[] {
  return [...recordsIn(path)];
}

/** The same, one by one, for files of any length. */
export function* recordsIn(path: string): Generator<StoredRecord, void> {
  const descriptor = openSync(path, 'r');
  try {
    let number = 0;
    for (const { text } of wholeLines(descriptor)) {
      const record = parseRecord(text);
      number++;
      if (!record) throw brokenLine(path, number);
      yield record;
    }
  } finally {
    closeSync(descriptor);
  }
}

function brokenLine(path: string, number: number): UserError {
  return new UserError(`${path}: line ${number} is not a record`);
}

const outcomes: readonly unknown[] = ['wrong', 'broken', 'survived', 'error'] satisfies SampleRecord['outcome'][];
const numbers = ['id', 'label', 'clean', 'forwardQueries', 'gradientQueries'] as const satisfies (keyof SampleRecord)[];

function parseRecord(text: string): StoredRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<Record<keyof StoredRecord, unknown>> | null;
    const whole =
      numbers.every((field) => Number.isFinite(record?.[field])) &&
      typeof record?.attack === 'string' &&
      typeof record.example === 'string' &&
      outcomes.includes(record.outcome);
    return whole ? (record as unknown as StoredRecord) : undefined;
  } catch {
    return undefined;
  }
}
