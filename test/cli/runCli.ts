import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { resolve } from 'node:path';

/** The built command line. */
export const main = resolve(import.meta.dirname, '../../dist/src/cli/main.js');

/** Where it runs, if not here. */
export type Place = Pick<SpawnOptions, 'cwd' | 'env'>;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ours, save what a pipeline on GitHub would add to it. */
const { GITHUB_ACTIONS: _actions, GITHUB_STEP_SUMMARY: _summary, ...env } = process.env;

/**
 * Runs the built command line as a user does; `npm test` has built it. `during` sees the running process. Scans leave
 * the cache alone unless the arguments say `--cache`.
 */
export function runCli(args: readonly string[], during?: (child: ChildProcess) => void, place: Place = {}): Promise<Finished> {
  const cache = ['scan', 'compare'].includes(args[0] ?? '') && !args.includes('--cache') ? ['--no-cache'] : [];
  const child = spawn(process.execPath, [main, ...args, ...cache], { stdio: ['ignore', 'pipe', 'pipe'], env, ...place });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  during?.(child);
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => done({ code, ...texts }));
  });
}
