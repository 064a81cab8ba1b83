import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { explain } from '../../src/cli/failure.ts';
import { UserError } from '../../src/core/errors.ts';
import { randomOf } from '../../src/core/random.ts';
import { pick, spoilBytes } from './mutations.ts';
import type { SeedFiles } from './seedFiles.ts';

/** What became of a damaged file. The first two are right. */
export interface Verdict {
  readonly outcome: 'ok' | 'line' | 'internal error';
  readonly seed: string;
  readonly structured: boolean;
  /** The line a user sees, or the stack of our own error. */
  readonly text: string;
}

/** Runs the case of a number: every second one is damaged where its format has a meaning, the others anywhere. */
export async function runCase(seeds: Readonly<Record<string, SeedFiles>>, number: number): Promise<Verdict> {
  const random = randomOf(number, 'fuzz');
  const seed = pick(random, Object.keys(seeds));
  const { files, spoil, use } = seeds[seed] as SeedFiles;
  const structured = number % 2 === 0;
  const damaged = { ...files };
  for (let times = random.uniform() < 0.7 ? 1 : 2; times > 0; times--) {
    const file = pick(random, Object.keys(files));
    damaged[file] = (structured && damaged[file] === files[file] ? spoil(file) : spoilBytes)(damaged[file]!, random);
  }
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-fuzz-'));
  try {
    await writeFiles(folder, damaged);
    return { seed, structured, ...(await verdictOf(use(folder))) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function verdictOf(use: Promise<void>): Promise<Pick<Verdict, 'outcome' | 'text'>> {
  try {
    await use;
    return { outcome: 'ok', text: '' };
  } catch (error) {
    // What the command line prints.
    const text = explain(error).trimEnd();
    return { outcome: error instanceof UserError && /^.{1,1100}$/.test(text) ? 'line' : 'internal error', text };
  }
}

export async function writeFiles(folder: string, files: Readonly<Record<string, Buffer>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}
