import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pid } from 'node:process';

export interface ReplaceOptions {
  /** Wait until the content is on the disk before the old file goes: for what a loss of power must not take. */
  readonly flush?: boolean;
}

/** Writes a file whole or not at all: aside first, then renamed, so that a reader never sees half of it. */
export function replaceFile(path: string, content: string | Uint8Array, { flush = false }: ReplaceOptions = {}): void {
  const aside = `${path}.${pid}.tmp`;
  try {
    writeFileSync(aside, content, { flush });
    renameSync(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Removes what processes left beside a file that were killed while they replaced it. For the one that holds its folder. */
export function removeLeftovers(path: string): void {
  const [folder, start] = [dirname(path), `${basename(path)}.`];
  const left = readdirSync(folder).filter((name) => name.startsWith(start) && /^\d+\.tmp$/.test(name.slice(start.length)));
  for (const name of left) rmSync(join(folder, name));
}
