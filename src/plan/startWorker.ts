import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { CraftOrder } from '../train/serveCrafts.ts';
import type { CraftWorkerOrder } from './craftWorker.ts';
import { orderOf } from './attacks/plannedAttacks.ts';
import type { WorkerOrder } from './worker.ts';

/** What is new in a worker is mostly an attack's vectors, which die young: looking often costs nothing and saves memory. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

/** Starts a thread that evaluates examples. */
export function startWorker(order: WorkerOrder): Worker {
  return start('#worker', order);
}

/** Starts a thread that attacks a model while it learns. */
export function startCrafter({ model, crafting: { attack, away, trial } }: CraftOrder): Worker {
  return start('#craftWorker', { model, attack: orderOf(attack), away, trial: { ...trial, attacks: [] } } satisfies CraftWorkerOrder);
}

/** Threads run JavaScript, also when this file runs as TypeScript, and whatever this process was started with. */
function start(entry: `#${string}`, order: unknown): Worker {
  return new Worker(builtEntry(entry), { workerData: order, execArgv: [], resourceLimits });
}

function builtEntry(entry: string): string {
  try {
    return createRequire(import.meta.url).resolve(entry);
  } catch (cause) {
    throw new Error('worker threads need the built package: npm run build, or ask for 0 workers', { cause });
  }
}
