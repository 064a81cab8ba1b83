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
import { keepHeapSmall } from '../src/cli/keepHeapSmall.ts';
import { scan } from '../src/plan/scan.ts';
import { processorClock } from './clocks.ts';
import { printMachine, printTable, ratio } from './table.ts';

const few = 1_000;
const many = Number(argv[2] ?? 100_000);
const rounds = 2;
/** Examples in a stretch that is timed: the second one, when code has been compiled, and the last. */
const stretch = 5_000;

interface Scanned {
  readonly megabytes: number;
  /** Microseconds of processor time for each example, early in the scan and at its end; not when there are too few. */
  readonly early?: number;
  readonly late?: number;
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
  const times = new Map<number, number>();
  const request = { data: slopes(count), attacks: 'fgsm', epsilon: 0.05, workers, ...(out !== undefined && { out }) };
  await scan(request, { progress: ({ done }) => done % stretch === 0 && times.set(done, processorClock()) });
  const each = (end: number) => (1000 * ((times.get(end) ?? NaN) - (times.get(end - stretch) ?? NaN))) / stretch;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  return count < 4 * stretch ? { megabytes } : { megabytes, early: each(2 * stretch), late: each(count) };
}

async function inChild(...args: readonly (string | number)[]): Promise<Scanned> {
  const child = fork(import.meta.filename, ['child', ...args.map(String)]);
  const [scanned] = (await once(child, 'message')) as [Scanned];
  return scanned;
}

/** The least of each over some rounds: what nothing else on the machine has added to. */
async function least(run: (round: number) => Promise<Scanned>): Promise<Required<Scanned>> {
  const found = { megabytes: Infinity, early: Infinity, late: Infinity };
  for (let round = 0; round < rounds; round++) {
    const { megabytes, early = Infinity, late = Infinity } = await run(round);
    found.megabytes = Math.min(found.megabytes, megabytes);
    found.early = Math.min(found.early, early);
    found.late = Math.min(found.late, late);
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
    rows.push([name, ...megabytes, large.early.toFixed(0), large.late.toFixed(0), ratio(large.late, large.early)]);
  }
  rmSync(folder, { recursive: true });
  printMachine();
  const head = ['', `MB, ${few}`, `MB, ${many}`, 'difference', `µs each, ${stretch} to ${2 * stretch}`, `µs each, last ${stretch}`, ''];
  printTable('FGSM on the bundled model: peak memory, processor time for each example', head, rows);
}

if (argv[2] === 'child') {
  keepHeapSmall(); // as the command line does
  const [, , , count, workers, out] = argv;
  process.send?.(await measured(Number(count), Number(workers), out));
  process.disconnect();
} else {
  await compare();
}
