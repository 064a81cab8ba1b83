import { parentPort, workerData } from 'node:worker_threads';
import { serveCrafts, type CraftOrder } from '../train/serveCrafts.ts';
import type { Crafting } from '../train/innerAttack.ts';
import { attackOf, type AttackOrder } from './attacks/plannedAttacks.ts';

/** What a thread is started with that attacks a model while it learns: plain data. */
export interface CraftWorkerOrder extends Pick<CraftOrder, 'model'>, Pick<Crafting, 'away' | 'trial'> {
  readonly attack: AttackOrder;
}

/** The entry of those threads. They load ONNX Runtime, not TF.js. */
if (parentPort) {
  const { model, attack, ...crafting } = workerData as CraftWorkerOrder;
  await serveCrafts(parentPort, { model, crafting: { ...crafting, attack: attackOf(attack) } });
}
