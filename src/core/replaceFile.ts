import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { pid } from 'node:process';

/** Writes a file whole or not at all: aside first, then renamed, so that a reader never sees half of it. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const aside = `${path}.${pid}.tmp`;
  try {
    writeFileSync(aside, content);
    renameSync(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
}
