import { parentPort, workerData } from 'node:worker_threads';
import { openPortable, type PortableModel } from '../engine/portable.ts';
import { serve } from '../evaluate/serve.ts';
import type { Trial } from '../evaluate/trial.ts';
import { attackOf } from './attacks/plannedAttacks.ts';
import type { AttackOrder } from './attacks/plannedAttacks.ts';

/** What a worker thread is started with: plain data, from which it builds its own session and attacks. */
export interface WorkerOrder {
  readonly model: PortableModel;
  readonly trial: Omit<Trial, 'attacks'> & { readonly attacks: readonly AttackOrder[] };
  /** Inside the session. */
  readonly threads: number;
  /** Jobs at once. */
  readonly inFlight: number;
}

/** The entry of the worker threads. It loads ONNX Runtime, not TF.js. */
if (parentPort) {
  const { model, trial, threads, inFlight } = workerData as WorkerOrder;
  const oracle = await openPortable(model, { threads });
  try {
    await serve(parentPort, oracle, { ...trial, attacks: trial.attacks.map(attackOf) }, inFlight);
  } finally {
    await oracle.close();
  }
}
