import type { SampleRecord } from '../../core/record.ts';
import { UserError } from '../../core/errors.ts';
import type { RecordFile, StoredRecord } from '../../evaluate/records.ts';
import { isSameAttack } from '../../evaluate/trial.ts';
import type { PlannedAttack } from '../../evaluate/trial.ts';
import type { Cache } from './cache.ts';
import type { HashedExample } from '../exampleSource.ts';
import type { Note } from '../subject.ts';

/** Where records go and come from. */
export interface Stores {
  /** Of this scan, in its folder. */
  readonly own: RecordFile | undefined;
  /** Of earlier scans. */
  readonly cache: Cache | undefined;
}

/** Of one example: what is known already, and which of the attacks are left to run. */
export interface Recalled {
  readonly known: readonly SampleRecord[];
  readonly pending: readonly number[];
  /** Attacks whose record is known, and whose point is not: one at a larger epsilon would go on from it. */
  readonly again: readonly number[];
}

/** Finds the records that were made before, each by what it is about, and stores the new ones. */
export class Archive {
  private readonly stores: Stores;
  private readonly attacks: readonly PlannedAttack[];
  /** Examples that are being attacked: their hash, and the attacks whose records are still to come. */
  private readonly running = new Map<number, { readonly hash: string; readonly awaited: Set<string> }>();
  private readonly found = { own: 0, cache: 0 };
  private total = 0;

  constructor(stores: Stores, attacks: readonly PlannedAttack[]) {
    this.stores = stores;
    this.attacks = attacks;
  }

  recall(example: HashedExample): Recalled {
    const records = this.attacks.map(({ label }) => this.find(example, label));
    const pending = [...records.keys()].filter((index) => !records[index]);
    const awaited = new Set(pending.map((index) => (this.attacks[index] as PlannedAttack).label));
    this.total += this.attacks.length;
    if (pending.length > 0) this.running.set(example.id, { hash: example.hash, awaited });
    const again = new Set(pending.flatMap((index) => this.startOf(index, records) ?? []));
    return { known: records.filter((record) => record !== undefined), pending, again: [...again] };
  }

  /** Stores a record, and says whether it is new: what ran again was there already. */
  keep(record: SampleRecord): boolean {
    const about = this.running.get(record.id);
    if (!about?.awaited.delete(record.attack)) return false;
    if (about.awaited.size === 0) this.running.delete(record.id);
    const stored = { ...record, example: about.hash };
    this.stores.own?.append(stored);
    this.stores.cache?.append(stored);
    return true;
  }

  /** Says how much was there already. */
  tell(note: Note): void {
    const { found, total, stores } = this;
    if (found.own > 0) note(`${found.own} of ${total} results were in ${stores.own?.path} already`);
    if (found.cache > 0) note(`${found.cache} of ${total} results are from the cache (${stores.cache?.folder}); --no-cache runs them again`);
  }

  close(): void {
    this.stores.cache?.close();
  }

  /** The smallest epsilon at which the same attack was seen to break the example, below that of the attack at `index`. */
  private startOf(index: number, records: readonly (SampleRecord | undefined)[]): number | undefined {
    const pending = this.attacks[index] as PlannedAttack;
    const start = records.findIndex((record, at) => {
      const broken = record?.outcome === 'broken' || record?.disagreed;
      return broken && at < index && isSameAttack(this.attacks[at] as PlannedAttack, pending);
    });
    return start < 0 ? undefined : start;
  }

  private find(example: HashedExample, attack: string): StoredRecord | undefined {
    const own = this.stores.own?.find(example.id, attack);
    if (own && own.example !== example.hash) throw otherData(this.stores.own?.path, example.id);
    if (own === undefined || own.outcome === 'error') return this.findCached(example, attack); // it may do better next time
    this.found.own++;
    return own;
  }

  private findCached({ id, hash }: HashedExample, attack: string): StoredRecord | undefined {
    const cached = this.stores.cache?.find(id, attack);
    if (cached?.example !== hash) return undefined;
    this.stores.own?.append(cached);
    this.found.cache++;
    return cached;
  }
}

function otherData(path: string | undefined, id: number): UserError {
  return new UserError(`${path}: holds records of other data: example ${id} has changed since; name another folder`);
}
