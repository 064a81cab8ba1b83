/**
 * kill -9 at random moments of a training run, which goes on each time and ends with the same weights.
 * `npx tsx bench/killHarden.ts [kills] [seed]`, after `npm run build`. Exits with 1 when they differ.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { randomOf } from '../src/core/random.ts';

const kills = Number(argv[2] ?? 10);
const random = randomOf(Number(argv[3] ?? 0), 'kills');
const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
const main = resolve(import.meta.dirname, '../dist/src/cli/main.js');
const run = ['--limit', '1500', '--epochs', '4', '--method', 'fast', '--ema', '--augment', 'flip,crop', '--checkpoint-every', '2', '--attack', 'fgsm', '--test-limit', '20', '--quiet'];

/** Runs the training; false when it was killed, after so many milliseconds. */
async function finished(out: string, milliseconds = Infinity): Promise<boolean> {
  const child = spawn(process.execPath, [main, 'harden', ...run, '--resume', '--out', out], { stdio: ['ignore', 'ignore', 'inherit'] });
  const over = new AbortController();
  const killed = Number.isFinite(milliseconds) && wait(milliseconds, undefined, over).then(() => child.kill('SIGKILL'), () => false);
  const [code] = (await once(child, 'exit')) as [number | null];
  over.abort();
  await killed;
  if (code !== null && code !== 0) throw new Error(`the run ended with ${code}`);
  return code === 0;
}

const weightsIn = (out: string): Buffer => readFileSync(join(out, 'model', 'group1-shard1of1.bin'));

const whole = join(folder, 'whole');
const begun = performance.now();
await finished(whole);
const duration = performance.now() - begun;

let [killed, different] = [0, 0];
for (let round = 0; killed < kills; round++) {
  const out = join(folder, String(round));
  while (killed < kills && !(await finished(out, random.uniform() * duration))) killed++;
  await finished(out);
  if (!weightsIn(out).equals(weightsIn(whole))) different++;
}
console.log(`${killed} kills of runs of ${(duration / 1000).toFixed(1)} s; runs that ended with other weights: ${different}`);
rmSync(folder, { recursive: true });
process.exitCode = different > 0 ? 1 : 0;
