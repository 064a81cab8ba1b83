import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { kill, pid } from 'node:process';
import { UserError } from '../../core/errors.ts';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Tells the process from a later one of the same number, where the system says. */
  readonly life?: string | undefined;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface Lock {
  /** Throws when another process has it after all: of two that take over one lock in the same instant, the later has it. */
  confirm(): void;
  release(): void;
}

/**
 * Takes a lock file for this process, or refuses with one line that names the one that has it. A lock whose process is
 * gone, killed or with the machine, is taken over at once. To be confirmed before something is written.
 */
export function takeLock(path: string): Lock {
  const mine = JSON.stringify({ pid, host: hostname(), life: lifeOf(pid), since: Date.now() } satisfies Holder);
  const aside = `${path}.${pid}`;
  while (!place(path, mine, aside)) {
    const found = contentOf(path);
    const holder = holderIn(found);
    if (holder && isAlive(holder)) throw held(path, holder);
    if (found !== undefined) takeAway(path, found, aside);
  }
  return {
    confirm: () => {
      const found = contentOf(path);
      if (found !== mine) throw held(path, holderIn(found));
    },
    release: () => {
      if (contentOf(path) === mine) rmSync(path, { force: true });
    },
  };
}

/** Written aside and linked: the file appears whole, and only where there was none. */
function place(path: string, content: string, aside: string): boolean {
  try {
    writeFileSync(aside, content);
    link(aside, path, content);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Where the file system has no links, the file appears a moment before its content. */
function link(aside: string, path: string, content: string): void {
  try {
    linkSync(aside, path);
  } catch (error) {
    if (!['EPERM', 'ENOSYS', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error;
    writeFileSync(path, content, { flag: 'wx' });
  }
}

/** Removes a lock that nobody holds any more; another process may be doing the same, and have placed its own already. */
function takeAway(path: string, abandoned: string, aside: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return; // the other was faster
    throw error;
  }
  const taken = contentOf(aside);
  rmSync(aside, { force: true });
  if (taken !== undefined && taken !== abandoned) place(path, taken, aside);
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function holderIn(content: string | undefined): Holder | undefined {
  try {
    return content === undefined ? undefined : (JSON.parse(content) as Holder);
  } catch {
    return undefined;
  }
}

function isAlive({ pid: number, host, life, since }: Holder): boolean {
  if (host !== hostname()) return true; // it cannot be asked from here
  if (life === undefined && since < Date.now() - 1000 * uptime()) return false; // before this machine started
  return isRunning(number) && (life === undefined || life === lifeOf(number));
}

function isRunning(number: number): boolean {
  try {
    return kill(number, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM'; // another user's
  }
}

/** Linux: this boot, and when in it the process started; undefined for one that has ended, and on other systems. */
function lifeOf(number: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const fields = readFileSync(`/proc/${number}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return fields[0] === 'Z' ? undefined : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function held(path: string, { pid: number, host }: Partial<Holder> = {}): UserError {
  const elsewhere = host === undefined || host === hostname() ? '' : ` on ${host}; if it is gone, delete ${path}`;
  return new UserError(`${path}: another scan is writing here: process ${number ?? 'unknown'}${elsewhere}`);
}
