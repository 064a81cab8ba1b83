import { availableParallelism, freemem } from 'node:os';
import { lossRows } from '../core/losses.ts';
import type { Oracle } from '../core/oracle.ts';
import { randomOf } from '../core/random.ts';
import { withDraw } from './noise.ts';
import { bytesOf, openPortable, type PortableModel } from './portable.ts';

export interface Threading {
  /** Worker threads that each run their own session; 0 is the calling thread. */
  readonly workers: number;
  /** Threads inside each session. */
  readonly threads: number;
}

/** A batch that takes longer than this, in ms, is worth finding out whether threads inside it do as well. */
const longBatch = 200;
/** What threads inside may lose against as many workers: they need one copy of the model, and share the last batch. */
const acceptedLoss = 0.1;
/** Share of the free memory that the workers' copies of the model may fill. */
const memoryShare = 0.5;

/**
 * How a machine's cores are used: one worker each with a one-thread session, which scales best for small models; or,
 * for a large model whose operators use the cores as well, threads inside one session. `oracle` is the model in a
 * one-thread session; `points` are any examples.
 */
export async function chooseThreading(
  model: PortableModel,
  oracle: Oracle,
  points: Float32Array,
  wanted?: number,
): Promise<Threading> {
  const cores = availableParallelism();
  if (wanted !== undefined) return { workers: wanted, threads: wanted === 0 ? cores : 1 };
  const perCore = { workers: cores, threads: 1 };
  const inside = { workers: 0, threads: cores };
  if (bytesOf(model) * cores > memoryShare * freemem()) return inside;
  const alone = await batchTime(oracle, points);
  if (cores === 1 || alone <= longBatch) return perCore;
  const threaded = await openPortable(model, { threads: cores });
  try {
    // ONNX Runtime's run blocks its thread, so the workers' time is the best they could do: no core slows another.
    return (await batchTime(threaded, points)) <= alone / cores / (1 - acceptedLoss) ? inside : perCore;
  } finally {
    await threaded.close();
  }
}

/** Milliseconds for one full batch, with its gradient where there is one, after one to warm up. */
async function batchTime(given: Oracle, points: Float32Array): Promise<number> {
  const oracle = withDraw(given, randomOf(0, 'threads'));
  const { batchSize, size, classes, differentiable } = oracle;
  const rows = Math.min(batchSize, points.length / size);
  const losses = lossRows(batchSize, classes);
  const ask = () => (differentiable ? oracle.gradient(points, losses, batchSize) : oracle.predict(points, rows));
  await ask();
  const start = performance.now();
  await ask();
  return performance.now() - start;
}
