import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { WorkerOrder } from './worker.ts';

/** What is new in a worker is mostly an attack's vectors, which die young: looking often costs nothing and saves memory. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

/**
 * Starts a worker thread on its built entry: threads run JavaScript, also when this file runs as TypeScript, and whatever
 * this process was started with.
 */
export function startWorker(order: WorkerOrder): Worker {
  return new Worker(entry(), { workerData: order, execArgv: [], resourceLimits });
}

function entry(): string {
  try {
    return createRequire(import.meta.url).resolve('#worker');
  } catch (cause) {
    throw new Error('worker threads need the built package: npm run build, or ask for 0 workers', { cause });
  }
}
