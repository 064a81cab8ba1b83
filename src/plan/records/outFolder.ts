import { existsSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { makeFolder } from '../../core/makeFolder.ts';
import { replaceFile } from '../../core/replaceFile.ts';
import type { RobustnessReport } from '../../core/report.ts';
import { putFirst } from '../../evaluate/putFirst.ts';
import { RecordFile } from '../../evaluate/records.ts';
import { firstDifference } from './identity.ts';
import type { Identity } from './identity.ts';
import { takeLock } from './lock.ts';
import type { Lock } from './lock.ts';

type Engine = RobustnessReport['engine'];

/** What scan.json holds: which scan the records are of, and the engine it was begun with. */
interface Begun {
  readonly identity: Identity;
  /** `2/4`: of which of the examples; absent where of all. */
  readonly shard?: string;
  readonly engine: Engine;
}

/**
 * The folder of a scan: samples.jsonl, and scan.json that says which scan they are of, so that the same one goes on and
 * another one is refused. Locked from the beginning.
 */
export class OutFolder {
  private readonly path: string;
  /** The first folder that had to be made. */
  private readonly made: string | undefined;
  private readonly lock: Lock;
  private records: RecordFile | undefined;
  /** This run, not an earlier one, has put its files here. */
  private fresh = false;

  constructor(path: string) {
    this.path = path;
    if (existsSync(path) && !statSync(path).isDirectory()) throw new UserError(`${path}: expected a folder, found a file`);
    if (existsSync(this.samples) && !existsSync(this.scan)) {
      throw new UserError(`${this.samples}: expected ${this.scan} beside it, which says of which scan they are; name another folder`);
    }
    try {
      this.made = makeFolder(path);
      this.lock = takeLock(join(path, 'scan.lock'));
    } catch (error) {
      this.removeMade();
      if (error instanceof UserError) throw error;
      throw new UserError(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Begins the scan, or goes on with it; the engine is the one it was begun with. Throws when the folder holds another. */
  begin(scan: Begun): { readonly records: RecordFile; readonly engine: Engine } {
    this.lock.confirm();
    const begun = this.read();
    if (begun) this.checkSame(begun, scan);
    else this.write(scan);
    this.records = new RecordFile(this.samples, 'refuse');
    return { records: this.records, engine: (begun ?? scan).engine };
  }

  /** Takes back what this run has begun, since it turned out that its input cannot be used. */
  discard(): void {
    if (!this.fresh) return;
    this.records?.close();
    this.records = undefined;
    for (const file of [this.samples, this.scan]) rmSync(file, { force: true });
  }

  /** No more comes. The records of these samples shall come first: the report is of them. */
  putFirst(ids: ReadonlySet<number>): void {
    this.records?.close();
    this.records = undefined;
    putFirst(this.samples, ids);
  }

  close(): void {
    this.records?.close();
    this.lock.release();
    this.removeMade();
  }

  private get samples(): string {
    return join(this.path, 'samples.jsonl');
  }

  private get scan(): string {
    return join(this.path, 'scan.json');
  }

  private read(): Begun | undefined {
    if (!existsSync(this.scan)) return undefined;
    try {
      return JSON.parse(readFileSync(this.scan, 'utf8')) as Begun;
    } catch (cause) {
      throw new UserError(`${this.scan}: expected JSON that says which scan is here, found something else; name another folder`, { cause });
    }
  }

  private checkSame(...both: [there: Begun, here: Begun]): void {
    const [there, here] = both.map(({ identity, shard }) => ({ shard, ...identity }));
    const difference = firstDifference(there, here);
    if (!difference) return;
    const [old, asked] = [difference.there, difference.here].map((value) => JSON.stringify(value) ?? 'absent');
    throw new UserError(`${this.path}: holds another scan: ${difference.field} is ${old} there, ${asked} here; name another folder`);
  }

  private write(begun: Begun): void {
    try {
      replaceFile(this.scan, `${JSON.stringify(begun, undefined, 2)}\n`);
    } catch (cause) {
      throw new UserError(`${this.scan}: cannot be written: ${(cause as Error).message}`, { cause });
    }
    this.fresh = true;
  }

  /** The folders that had to be made, as far as they are empty. */
  private removeMade(): void {
    if (this.made === undefined) return;
    try {
      for (let folder = resolve(this.path); ; folder = dirname(folder)) {
        rmdirSync(folder);
        if (folder === resolve(this.made)) return;
      }
    } catch {
      return; // something is in it
    }
  }
}
