import { parentPort, workerData } from 'node:worker_threads';
import { openCompiled } from '../engine/compiledOracle.ts';
import type { CompiledModel } from '../engine/compile.ts';
import { serve } from '../evaluate/serve.ts';
import type { Trial } from '../evaluate/trial.ts';
import { attackOf } from './plannedAttacks.ts';
import type { AttackOrder } from './plannedAttacks.ts';

/** What a worker thread is started with: plain data, from which it builds its own session and attacks. */
export interface WorkerOrder {
  readonly compiled: CompiledModel;
  readonly trial: Omit<Trial, 'attacks'> & { readonly attacks: readonly AttackOrder[] };
  /** Inside the session. */
  readonly threads: number;
  /** Jobs at once. */
  readonly inFlight: number;
}

/** The entry of the worker threads. It loads ONNX Runtime, not TF.js. */
if (parentPort) {
  const { compiled, trial, threads, inFlight } = workerData as WorkerOrder;
  const oracle = await openCompiled(compiled, { threads });
  try {
    await serve(parentPort, oracle, { ...trial, attacks: trial.attacks.map(attackOf) }, inFlight);
  } finally {
    await oracle.close();
  }
}
