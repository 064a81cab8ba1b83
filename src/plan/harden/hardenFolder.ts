import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { makeFolder } from '../../core/makeFolder.ts';
import { removeLeftovers } from '../../core/replaceFile.ts';
import { readCheckpoint, writeCheckpoint, type Checkpoint } from '../../train/checkpoint.ts';
import { firstDifference } from '../records/identity.ts';
import { takeLock, type Lock } from '../records/lock.ts';

/** What the state of the folder's checkpoint is: which training it is of, and where that stands. */
interface Kept {
  readonly identity: object;
  readonly run: unknown;
  /** Spent until then. */
  readonly seconds: number;
}

/** The folder of a training run and its checkpoint. Locked from the beginning. */
export class HardenFolder {
  readonly path: string;
  private readonly lock: Lock;

  constructor(path: string) {
    this.path = path;
    try {
      makeFolder(path);
    } catch (cause) {
      throw new UserError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
    }
    this.lock = takeLock(join(path, 'harden.lock'));
  }

  get checkpoint(): string {
    return join(this.path, 'checkpoint.safetensors');
  }

  /** Where a run of this identity stands, and what it took to come there; undefined before its first checkpoint. */
  begin(identity: object, resume: boolean): { readonly from: Checkpoint; readonly seconds: number } | undefined {
    this.lock.confirm();
    removeLeftovers(this.checkpoint);
    if (!existsSync(this.checkpoint)) return undefined;
    if (!resume) throw new UserError(`${this.path}: holds a training run already: go on with it by --resume, or name another folder`);
    const { arrays, state } = readCheckpoint(this.checkpoint);
    const { identity: there, run, seconds } = state as Kept;
    const difference = firstDifference(there, identity);
    if (!difference) return { from: { arrays, state: run }, seconds };
    const [old, asked] = [difference.there, difference.here].map((value) => JSON.stringify(value) ?? 'absent');
    throw new UserError(`${this.path}: holds another training run: ${difference.field} is ${old} there, ${asked} here; name another folder`);
  }

  keep(identity: object, { arrays, state }: Checkpoint, seconds: number): void {
    writeCheckpoint(this.checkpoint, { arrays, state: { identity, run: state, seconds } satisfies Kept });
  }

  /** Nothing is left where nothing came of it. */
  close(): void {
    this.lock.release();
    if (readdirSync(this.path).length === 0) rmdirSync(this.path);
  }
}
