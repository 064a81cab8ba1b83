import type { SampleRecord } from '../core/record.ts';
import { UserError } from '../core/errors.ts';
import type { RecordFile, StoredRecord } from '../evaluate/records.ts';
import type { PlannedAttack } from '../evaluate/trial.ts';
import type { Cache } from './cache.ts';
import type { HashedExample } from './exampleSource.ts';
import type { Note } from './subject.ts';

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
}

/** Finds the records that were made before, each by what it is about, and stores the new ones. */
export class Archive {
  private readonly stores: Stores;
  private readonly attacks: readonly PlannedAttack[];
  /** Examples that are being attacked: their hash, and how many of their records are still to come. */
  private readonly running = new Map<number, { readonly hash: string; left: number }>();
  private readonly found = { own: 0, cache: 0 };
  private total = 0;

  constructor(stores: Stores, attacks: readonly PlannedAttack[]) {
    this.stores = stores;
    this.attacks = attacks;
  }

  recall(example: HashedExample): Recalled {
    const known: SampleRecord[] = [];
    const pending: number[] = [];
    for (const [index, { label }] of this.attacks.entries()) {
      const record = this.find(example, label);
      if (record) known.push(record);
      else pending.push(index);
    }
    this.total += this.attacks.length;
    if (pending.length > 0) this.running.set(example.id, { hash: example.hash, left: pending.length });
    return { known, pending };
  }

  keep(record: SampleRecord): void {
    const about = this.running.get(record.id);
    if (!about) throw new Error(`a record of sample ${record.id}, which was not handed out`);
    if (--about.left === 0) this.running.delete(record.id);
    const stored = { ...record, example: about.hash };
    this.stores.own?.append(stored);
    this.stores.cache?.append(stored);
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
