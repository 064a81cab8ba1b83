import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../core/makeFolder.ts';
import { packageRoot } from '../../core/package.ts';
import { RecordFile } from '../../evaluate/records.ts';
import type { StoredRecord } from '../../evaluate/records.ts';
import type { Identity } from './identity.ts';
import type { AttackOrder } from '../attacks/plannedAttacks.ts';
import type { Note } from '../subject.ts';

/** Files that were not used for longest go when all together take more. */
const mostBytes = 256 * 2 ** 20;

/**
 * What earlier scans found out, a file for each attack under the same conditions, so that asking again costs nothing.
 * Several scans may use it at once: lines are appended whole, and one that comes twice says the same. A cache that
 * cannot be used stops no scan.
 */
export class Cache {
  readonly folder: string;
  private readonly note: Note;
  private readonly files = new Map<string, RecordFile>();
  /** Of those attacks that have one of their own. */
  private readonly epsilons = new Map<string, number>();

  constructor(folder: string, identity: Identity, note: Note) {
    this.folder = folder;
    this.note = note;
    try {
      makeFolder(folder);
      for (const attack of identity.attacks) this.open(attack, identity);
      prune(folder);
    } catch (error) {
      this.giveUp(error);
    }
  }

  find(id: number, attack: string): StoredRecord | undefined {
    const found = this.files.get(attack)?.find(id, anyName);
    const epsilon = this.epsilons.get(attack);
    return found && { ...found, attack, ...(epsilon !== undefined && { epsilon }) };
  }

  /** An attack that failed may do better next time. */
  append(record: StoredRecord): void {
    if (record.outcome === 'error') return;
    const { epsilon, ...same } = record;
    try {
      this.files.get(record.attack)?.append({ ...same, attack: anyName });
    } catch (error) {
      this.giveUp(error);
    }
  }

  close(): void {
    for (const file of this.files.values()) file.close();
    this.files.clear();
  }

  private open(attack: AttackOrder, identity: Identity): void {
    const path = join(this.folder, `${keyOf(attack, identity)}.jsonl`);
    this.files.set(attack.label, new RecordFile(path, 'pass over'));
    if (attack.epsilon !== undefined) this.epsilons.set(attack.label, attack.epsilon);
    const now = new Date();
    utimesSync(path, now, now);
  }

  private giveUp(error: unknown): void {
    this.note(`the cache is not used: ${(error as Error).message}`);
    this.close();
  }
}

/** In its file an attack needs neither name nor epsilon: `pgd` and `pgd(steps=40)` are the same. */
const anyName = '';

/**
 * Which attacks are asked for beside it does not matter, nor which examples are. Smaller epsilons do, as what they break
 * is not searched again at this one; larger ones do not.
 */
function keyOf({ name, options, repeat, epsilon: own }: AttackOrder, identity: Identity): string {
  const { epsilon: largest, attacks } = identity;
  const epsilon = own ?? largest;
  const same = attacks.filter((other) => other.name === name && other.repeat === repeat);
  const smaller = same.flatMap((other) => (other.epsilon !== undefined && other.epsilon < epsilon ? [other.epsilon] : []));
  const attack = { name, options, repeat, ...(smaller.length > 0 && { smaller }) };
  const key = { ...identity, epsilon, attacks: undefined, order: undefined, attack, build: build() };
  return createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32);
}

/** A checkout changes under one version: there, what was built. */
function build(): string | undefined {
  const file = join(packageRoot, 'dist', '.tsbuildinfo');
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : undefined;
}

function prune(folder: string): void {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => ({ path: join(folder, name), ...used(join(folder, name)) }))
    .sort((a, b) => b.last - a.last);
  let bytes = 0;
  for (const file of files) {
    bytes += file.bytes;
    if (bytes > mostBytes) rmSync(file.path, { force: true });
  }
}

/** Nothing where another scan has removed the file just now. */
function used(path: string): { bytes: number; last: number } {
  const { size = 0, mtimeMs = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return { bytes: size, last: mtimeMs };
}
