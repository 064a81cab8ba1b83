/**
 * A whole PGD-40 scan: how much of it is JavaScript, and what worker threads bring.
 * `npx tsx bench/scan.ts`, after `npm run build` (worker threads run from dist/).
 */
import { availableParallelism } from 'node:os';
import type { Oracle } from '../src/core/oracle.ts';
import { randomOf } from '../src/core/random.ts';
import { compileModel } from '../src/engine/compile.ts';
import { openCompiled } from '../src/engine/compiledOracle.ts';
import type { Example } from '../src/evaluate/example.ts';
import { scan } from '../src/plan/scan.ts';
import { type AttackRun, javascriptPerQuery } from './attackRun.ts';
import { bundledImages } from './bundledImages.ts';
import { interleaved } from './interleaved.ts';
import { nets, type Net } from './nets/index.ts';
import { savedNet } from './nets/savedNet.ts';
import { pgdRun, type PgdSettings } from './pgdRun.ts';
import { percent, printMachine, printTable, ratio } from './table.ts';

/** Uniform images labelled with what the net says of them, so that PGD has something to do. */
async function uniformImages(net: Net, count: number): Promise<{ oracle: Oracle; examples: Example[] }> {
  const model = await savedNet(net);
  const oracle = await openCompiled(await compileModel(model, { batchSize: net.batchSize }), { threads: 1 });
  model.close();
  const random = randomOf(0, 'bench');
  const examples: Example[] = [];
  while (examples.length < count) {
    const x = Float32Array.from({ length: oracle.size }, () => random.uniform());
    const { logits } = await oracle.predict(x, 1);
    examples.push({ id: examples.length, x, y: logits.indexOf(Math.max(...logits)) });
  }
  return { oracle, examples };
}

function javascriptRow(name: string, size: number, run: AttackRun): string[] {
  const share = percent(run.javascriptShare);
  const figures = [run.seconds.toFixed(2), `${run.queries}`, share, javascriptPerQuery(run, size).toFixed(2)];
  return [name, ...figures];
}

async function fastest(runs: number, oracle: Oracle, examples: Example[], settings: PgdSettings): Promise<AttackRun> {
  const taken: AttackRun[] = [];
  for (let run = 0; run < runs; run++) taken.push(await pgdRun(oracle, examples, settings));
  return taken.reduce((best, run) => (run.seconds < best.seconds ? run : best));
}

async function callingThread(): Promise<void> {
  const rows: string[][] = [];
  const small = await bundledImages(1000);
  for (const stopWhenFooled of [true, false]) {
    const name = `bundled model, 1,000 images${stopWhenFooled ? '' : ', all 40 steps'}`;
    rows.push(javascriptRow(name, 784, await fastest(4, small.oracle, small.examples, { epsilon: 0.1, stopWhenFooled })));
  }
  await small.oracle.close();
  const resNet = await uniformImages(nets['ResNet-20'] as Net, 200);
  rows.push(javascriptRow('ResNet-20, 200 images', 3072, await fastest(1, resNet.oracle, resNet.examples, { epsilon: 8 / 255, stopWhenFooled: false })));
  await resNet.oracle.close();
  printTable('PGD-40 on the calling thread', ['', 'seconds', 'queries', 'JavaScript', 'µs per query of 1,000 values'], rows);
}

/** From opening the files to the report, on the calling thread and in worker threads. */
async function workers(attacks: string): Promise<void> {
  const cores = availableParallelism();
  const whole = (count: number) => () => scan({ attacks, norm: 'linf', epsilon: 0.1, limit: 1000, workers: count });
  const times = await interleaved({ 0: whole(0), 1: whole(1), [cores]: whole(cores) }, { rounds: 5, warmUp: 1 });
  const one = times[1]?.median ?? NaN;
  const table = Object.entries(times).map(([count, { median, spread: [fast, slow] }]) => [
    count === '0' ? 'calling thread' : `${count} worker${count === '1' ? '' : 's'}`,
    (median / 1000).toFixed(2), `${(fast / 1000).toFixed(2)}–${(slow / 1000).toFixed(2)}`, ratio(one, median),
  ]);
  const head = ['', 'seconds', 'quartiles', 'against one worker'];
  printTable(`a whole scan: bundled model, ${attacks}, 1,000 images, opening and verifying included`, head, table);
}

printMachine();
await callingThread();
await workers('pgd');
await workers('pgd(stopWhenFooled=false)');
