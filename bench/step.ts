/**
 * A gradient step (forward, loss, input gradient) of the compiled engine against its own forward pass and against the
 * eager engines. `npx tsx bench/step.ts [NET …]`
 */
import { availableParallelism } from 'node:os';
import { compileModel } from '../src/engine/compile.ts';
import { openCompiled } from '../src/engine/compiledOracle.ts';
import { openEager } from '../src/engine/eager/openEager.ts';
import { lossRows, type LossRows } from '../src/core/losses.ts';
import type { Oracle } from '../src/core/oracle.ts';
import { randomOf } from '../src/core/random.ts';
import type { TfjsModel } from '../src/graph/model.ts';
import { processorClock, wallClock } from './clocks.ts';
import { interleaved } from './interleaved.ts';
import { chosenNets, type Net } from './nets/index.ts';
import { savedNet } from './nets/savedNet.ts';
import { milliseconds, printMachine, printTable, ratio } from './table.ts';

type Row = readonly string[];

/** One batch of uniform points, and the cross-entropy of class 0 for each. */
function batchOf({ batchSize, size, classes }: Oracle): { points: Float32Array; losses: LossRows } {
  const random = randomOf(0, 'bench');
  const losses = lossRows(batchSize, classes);
  for (let row = 0; row < batchSize; row++) losses.a[row * classes] = 1;
  return { points: Float32Array.from({ length: batchSize * size }, () => random.uniform()), losses };
}

async function compiledRow(name: string, model: TfjsModel, { batchSize }: Net, threads: number): Promise<Row> {
  const oracle = await openCompiled(await compileModel(model, { batchSize }), { threads });
  const { points, losses } = batchOf(oracle);
  const { forward, gradient } = await interleaved({
    forward: () => oracle.predict(points, batchSize),
    gradient: () => oracle.gradient(points, losses, batchSize),
  }, { clock: threads === 1 ? processorClock : wallClock });
  await oracle.close();
  const figures = [forward, gradient].map(({ median }) => milliseconds(median));
  return [name, `${batchSize}`, `${threads}`, ...figures, ratio(gradient.median, forward.median)];
}

async function eagerRow(name: string, model: TfjsModel, { batchSize }: Net, backend: 'tensorflow' | 'wasm'): Promise<Row> {
  const compiled = await openCompiled(await compileModel(model, { batchSize }), { threads: 1 });
  const { points, losses } = batchOf(compiled);
  try {
    const eager = await openEager(model, backend, { batchSize });
    const times = await interleaved({
      compiled: () => compiled.gradient(points, losses, batchSize),
      eager: () => eager.gradient(points, losses, batchSize),
    }, { rounds: 9, warmUp: 1, clock: processorClock });
    await eager.close();
    return [name, backend, milliseconds(times.compiled.median), milliseconds(times.eager.median), ratio(times.eager.median, times.compiled.median)];
  } catch (error) {
    return [name, backend, '', '', (error as Error).message.split('\n')[0]?.replace(/: .*/, '') ?? 'failed'];
  } finally {
    await compiled.close();
  }
}

printMachine();
const cores = availableParallelism();
const own: Row[] = [];
const others: Row[] = [];
for (const [name, net] of chosenNets(process.argv.slice(2))) {
  const model = await savedNet(net);
  for (const threads of new Set([1, cores])) own.push(await compiledRow(name, model, net, threads));
  for (const backend of ['tensorflow', 'wasm'] as const) others.push(await eagerRow(name, model, net, backend));
  model.close();
}
printTable('compiled: milliseconds a batch (processor time on 1 thread, else the wall\'s)', ['net', 'batch', 'threads', 'forward', 'gradient step', 'ratio'], own);
printTable('gradient step: milliseconds of processor time a batch', ['net', 'eager on', 'compiled', 'eager', 'compiled is faster by'], others);
