/**
 * What it costs to run every adversarial example on the original model in TF.js, itself and rounded to 8 bits: of a
 * default scan, and a row of TF.js against a row of the compiled engine.
 * `npx tsx bench/reverification.ts`, after `npm run build` (worker threads run from dist/).
 */
import { bundledModel } from '../models/bundled.ts';
import { randomOf } from '../src/core/random.ts';
import type { SampleRecord } from '../src/core/record.ts';
import { compileModel } from '../src/engine/compile.ts';
import { openCompiled } from '../src/engine/compiledOracle.ts';
import { openEager } from '../src/engine/eager/openEager.ts';
import { Reverification } from '../src/evaluate/reverification.ts';
import type { Original } from '../src/evaluate/reverification.ts';
import type { TfjsModel } from '../src/graph/model.ts';
import { scan } from '../src/plan/scan.ts';
import { processorClock } from './clocks.ts';
import { interleaved } from './interleaved.ts';
import { nets } from './nets/index.ts';
import { savedNet } from './nets/savedNet.ts';
import { milliseconds, percent, printMachine, printTable, ratio } from './table.ts';
import { openTfjs } from '../test/support/openTfjs.ts';

const record: SampleRecord = { id: 0, attack: 'pgd', label: 0, clean: 0, outcome: 'broken', forwardQueries: 0, gradientQueries: 0 };

/** Milliseconds of processor time for so many points, as a scan would have them judged. */
async function reverify(original: Original, count: number): Promise<number> {
  const random = randomOf(0, 'bench');
  const points = Array.from({ length: count }, () => Float32Array.from({ length: original.size }, () => random.uniform()));
  const reverification = new Reverification({ original, compare: true, eightBit: true, keep: () => undefined });
  const start = processorClock();
  for (const point of points) reverification.add({ record, point: point }, 0);
  await reverification.finish();
  return processorClock() - start;
}

async function wholeScan(): Promise<void> {
  const start = processorClock();
  const { attacks, clean } = await scan();
  const all = processorClock() - start;
  const found = attacks.reduce((sum, { successRate }) => sum + Math.round(successRate * clean.correct), 0);
  const model = await openTfjs(bundledModel());
  const original = await openEager(model, undefined, { differentiable: false });
  await reverify(original, 200);
  const again = await reverify(original, found);
  printTable(
    'a default scan, milliseconds of processor time',
    ['adversarial examples', 'scan', 'of it on the original', 'added to the rest'],
    [[found, milliseconds(all), milliseconds(again), percent(again / (all - again))]],
  );
}

async function oneRow(name: string, model: TfjsModel): Promise<string[]> {
  const eager = await openEager(model, undefined, { differentiable: false });
  const rows = Math.min(16, eager.batchSize);
  const compiled = await openCompiled(await compileModel(model, { batchSize: rows }), { threads: 1 });
  const points = new Float32Array(rows * eager.size).fill(0.5);
  const run = { eager: () => eager.predict(points, rows), compiled: () => compiled.predict(points, rows) };
  const times = await interleaved(run, { rounds: 7, clock: processorClock });
  await compiled.close();
  const [slow, fast] = [times.eager.median / rows, times.compiled.median / rows];
  return [name, `${eager.backend}, ${eager.batchSize} rows`, milliseconds(slow), milliseconds(fast), ratio(slow, fast)];
}

printMachine();
await wholeScan();
const rows: string[][] = [];
for (const [name, net] of Object.entries(nets)) {
  const model = await savedNet(net);
  rows.push(await oneRow(name, model));
  model.close();
}
printTable('a row forward, milliseconds of processor time', ['', 'TF.js', 'TF.js', 'compiled', 'ratio'], rows);
