/**
 * Every method of adversarial training on the 60,000 images of Fashion-MNIST, from drawn weights: seconds an epoch, and
 * how the best epoch's model fares on the first 1,000 test images. In Linf at 0.1, batches of 128.
 * `npx tsx bench/hardenMethods.ts ['METHOD(…)' …] [--epochs 8] [--seed 0] [--data FOLDER]`, after `npm run build`.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { harden } from '../src/plan/harden/harden.ts';
import { scan } from '../src/plan/scan.ts';
import { processorClock } from './clocks.ts';
import { savedNet } from './nets/savedNet.ts';
import { tinyCnn } from './nets/tinyCnn.ts';
import { percent, printMachine, printTable } from './table.ts';

/** Seven steps of 2.5 ε in all; of the rest the defaults. */
const inner = 'steps=7,stepSize=0.357';
const usual = [`pgd(${inner})`, `trades(${inner})`, 'fast', 'free', `mart(${inner})`];

/** A fresh net learns more at once than one that is only to be hardened: Wong et al. 2020 take such steps on MNIST. */
const recipe = { fromScratch: true, optimizer: 'adam', learningRate: 5e-3, schedule: 'cyclic(peakAt=0.3)', batchSize: 128 } as const;

/** Where Debian's package dataset-fashion-mnist puts them. */
const debian = '/usr/share/datasets/fashion-mnist';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { epochs: { type: 'string', default: '8' }, seed: { type: 'string', default: '0' }, data: { type: 'string', default: debian } },
});
const [epochs, seed] = [Number(flags.epochs), Number(flags.seed)];
const threat = { norm: 'linf', epsilon: 0.1, seed } as const;

function images(part: 'train' | 't10k'): string {
  const [pixels, labels] = ['images-idx3', 'labels-idx1'].map((kind) => join(flags.data, `${part}-${kind}-ubyte.gz`));
  return `idx:${pixels},${labels}`;
}

/** Trains, and saves the best epoch into the folder; the file to open, and the seconds of each epoch. */
async function trained(method: string, folder: string): Promise<{ model: string; wall: number[]; processor: number[] }> {
  const model = await savedNet({ build: tinyCnn, batchSize: 128 });
  const run = harden({ ...threat, model, data: images('train'), method, epochs, ...recipe });
  const [wall, processor]: [number[], number[]] = [[], []];
  let began = { wall: performance.now(), processor: processorClock() };
  for (let next = await run.next(); ; next = await run.next()) {
    if (next.done) return { model: await next.value.save(folder), wall, processor };
    wall.push((performance.now() - began.wall) / 1000);
    processor.push((processorClock() - began.processor) / 1000);
    const { epoch, loss, trainingAccuracy, clean, robust, best } = next.value;
    const figures = Object.entries({ loss, training: trainingAccuracy, clean, robust }).map(([name, value]) => `${name} ${value.toFixed(4)}`);
    console.log(`${method} ${epoch}  ${figures.join('  ')}  ${wall.at(-1)?.toFixed(1)} s, ${processor.at(-1)?.toFixed(1)} s of processor time${best ? '  best' : ''}`);
    began = { wall: performance.now(), processor: processorClock() };
  }
}

async function rowOf(method: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  try {
    const { model, wall, processor } = await trained(method, folder);
    const { clean, attacks } = await scan({ ...threat, model, data: images('t10k'), limit: 1000, attacks: 'pgd(steps=50,restarts=10),autoattack' });
    const seconds = [median(wall), Math.min(...wall), median(processor)].map((value) => value.toFixed(1));
    return [method, ...seconds, percent(clean.accuracy), ...attacks.map(({ robustAccuracy }) => percent(robustAccuracy))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

if (existsSync(join(flags.data, 'train-images-idx3-ubyte.gz'))) {
  printMachine();
  const rows: string[][] = [];
  for (const method of positionals.length > 0 ? positionals : usual) rows.push(await rowOf(method));
  const head = ['', 'seconds an epoch', 'least', 'of processor time', 'clean', 'PGD-50, 10 restarts', 'AutoAttack'];
  printTable(`${epochs} epochs of 60,000 images, then 1,000 test images at Linf 0.1`, head, rows);
} else {
  console.error(`${flags.data}: expected Fashion-MNIST's four files, train-images-idx3-ubyte.gz and so on, found none (Debian: apt install dataset-fashion-mnist; elsewhere: --data FOLDER)`);
  process.exitCode = 2;
}
