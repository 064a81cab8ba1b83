/**
 * Scans of 1,000 and of 100,000 synthetic examples: peak memory, and time for each example.
 * `npx tsx bench/largeSet.ts`, after `npm run build`: each scan is a process of its own, and worker threads run from dist/.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import ndarray from 'ndarray';
import { unitBounds } from '../src/core/bounds.ts';
import type { Dataset } from '../src/core/dataset.ts';
import { scan } from '../src/plan/scan.ts';
import { processorClock } from './clocks.ts';
import { printMachine, printTable, ratio } from './table.ts';

const few = 1_000;
const many = Number(argv[2] ?? 100_000);
const rounds = 3;

interface Scanned {
  readonly megabytes: number;
  /** Microseconds of processor time for each example after the first ones, while code is still being compiled. */
  readonly each: number;
}

/** Images that follow from their number: slopes of various steepness. */
function slopes(count: number): Dataset {
  return {
    spec: 'slopes',
    shape: [28, 28, 1],
    kind: 'image',
    bounds: unitBounds,
    count,
    async *read() {
      for (let id = 0; id < count; id++) {
        const x = new Float32Array(784);
        for (let i = 0; i < 784; i++) x[i] = (0.618 * id + 1e-4 * i * (id % 97)) % 1;
        yield await Promise.resolve({ id, x: ndarray(x, [28, 28, 1]), y: id % 10 });
      }
    },
  };
}

async function measured(count: number, workers: number, out: string | undefined): Promise<Scanned> {
  const warm = few / 2;
  let started = 0;
  const request = { data: slopes(count), attacks: 'fgsm', epsilon: 0.05, workers, ...(out !== undefined && { out }) };
  await scan(request, { progress: ({ done }) => (started = done === warm ? processorClock() : started) });
  const each = (1000 * (processorClock() - started)) / (count - warm);
  return { megabytes: process.resourceUsage().maxRSS / 1024, each };
}

async function inChild(...args: readonly (string | number)[]): Promise<Scanned> {
  const child = fork(import.meta.filename, ['child', ...args.map(String)]);
  const [scanned] = (await once(child, 'message')) as [Scanned];
  return scanned;
}

/** The least of each over some rounds: what nothing else on the machine has added to. */
async function least(run: (round: number) => Promise<Scanned>): Promise<Scanned> {
  let found: Scanned = { megabytes: Infinity, each: Infinity };
  for (let round = 0; round < rounds; round++) {
    const { megabytes, each } = await run(round);
    found = { megabytes: Math.min(found.megabytes, megabytes), each: Math.min(found.each, each) };
  }
  return found;
}

async function compare(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  const rows: string[][] = [];
  for (const [name, workers, kept] of [['calling thread', 0, false], ['2 workers', 2, false], ['2 workers, --out', 2, true]] as const) {
    const run = (count: number) => (round: number) => inChild(count, workers, ...(kept ? [join(folder, `${count}-${round}`)] : []));
    const [small, large] = [await least(run(few)), await least(run(many))];
    const megabytes = [small.megabytes, large.megabytes, large.megabytes - small.megabytes].map((value) => value.toFixed(0));
    rows.push([name, ...megabytes, small.each.toFixed(0), large.each.toFixed(0), ratio(large.each, small.each)]);
  }
  rmSync(folder, { recursive: true });
  printMachine();
  const head = ['', `MB, ${few}`, `MB, ${many}`, 'difference', `µs each, ${few}`, `µs each, ${many}`, ''];
  printTable('FGSM on the bundled model: peak memory, processor time for each example', head, rows);
}

if (argv[2] === 'child') {
  const [, , , count, workers, out] = argv;
  process.send?.(await measured(Number(count), Number(workers), out));
  process.disconnect();
} else {
  await compare();
}
