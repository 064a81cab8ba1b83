/**
 * kill -9 at random moments of a scan, and at some inside a record's write: it goes on each time and ends with the
 * same report. `npx tsx bench/kill.ts [kills] [seed]`, after `npm run build`. Exits with 1 when a report differs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { randomOf } from '../src/core/random.ts';
import { printMachine, printTable } from './table.ts';

const kills = Number(argv[2] ?? 20);
const seed = Number(argv[3] ?? 0);
const random = randomOf(seed, 'kills');
const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
const main = resolve(import.meta.dirname, '../dist/src/cli/main.js');
const scan = [main, 'scan', '--limit', '400', '--attack', 'fgsm,pgd(restarts=10)', '--epsilon', '0.05', '--no-cache', '--quiet', '--out'];

/** Runs the scan; false when it was killed, after so many milliseconds. */
async function run(out: string, milliseconds = Infinity): Promise<boolean> {
  const child = spawn(process.execPath, [...scan, out], { stdio: ['ignore', 'ignore', 'inherit'] });
  const over = new AbortController();
  const killed = Number.isFinite(milliseconds) && wait(milliseconds, undefined, over).then(() => child.kill('SIGKILL'), () => false);
  const [code] = (await once(child, 'exit')) as [number | null];
  over.abort();
  await killed;
  if (code !== null && code !== 0) throw new Error(`the scan ended with ${code}`);
  return code === 0;
}

function reportIn(out: string): unknown {
  return JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'), (key, value: unknown) => (key === 'seconds' ? undefined : value));
}

/** Takes a random part of the last record away, as if the kill had come in its write; false when there is none. */
function tear(out: string): boolean {
  const samples = join(out, 'samples.jsonl');
  const bytes = existsSync(samples) ? readFileSync(samples) : Buffer.alloc(0);
  if (bytes.length === 0) return false;
  const start = bytes.lastIndexOf(10, bytes.length - 2) + 1;
  truncateSync(samples, start + 1 + random.integer(bytes.length - start - 1));
  return true;
}

function stageOf(out: string): 'start' | 'records' {
  const samples = join(out, 'samples.jsonl');
  return existsSync(samples) && statSync(samples).size > 0 ? 'records' : 'start';
}

const whole = join(folder, 'whole');
const begun = performance.now();
await run(whole);
const duration = performance.now() - begun;
const expected = reportIn(whole);

const counts = { start: 0, records: 0, torn: 0, ended: 0, different: 0 };
for (let scans = 0; counts.start + counts.records < kills; scans++) {
  const out = join(folder, `${scans}`);
  while (counts.start + counts.records < kills && !(await run(out, duration * random.uniform()))) {
    counts[stageOf(out)]++;
    if (random.uniform() < 0.3 && tear(out)) counts.torn++;
  }
  await run(out);
  counts.ended++;
  if (!isDeepStrictEqual(reportIn(out), expected)) counts.different++;
}
rmSync(folder, { recursive: true });

printMachine();
const head = ['kills', 'before a record', 'between records', 'torn records', 'scans ended', 'with another report'];
const { start, records, torn, ended, different } = counts;
printTable(`kill -9 at random moments, seed ${seed}`, head, [[`${start + records}`, `${start}`, `${records}`, `${torn}`, `${ended}`, `${different}`]]);
process.exitCode = different > 0 ? 1 : 0;
