import type { MessagePort } from 'node:worker_threads';
import type { CompiledModel } from '../engine/compile.ts';
import type { PlannedAttack } from '../evaluate/trial.ts';
import type { Values } from '../graph/trainable.ts';
import { rowsOf, type Batch } from './fillBatch.ts';
import { craft, type Crafting } from './innerAttack.ts';
import { openParameterOracle } from './parameterOracle.ts';

/** What a thread is started with that attacks a model while it learns. */
export interface CraftOrder {
  readonly model: CompiledModel;
  readonly crafting: Crafting;
}

/** Examples to move, and the model as it stands. */
export interface CraftRequest {
  readonly weights: Values;
  readonly batch: Batch;
  readonly epoch: number;
  /** Of the attack. */
  readonly options: PlannedAttack['options'];
}

export type ToCrafter = CraftRequest | 'stop';

/** A thread's work: answers requests with adversarial examples, one after the other, until it is told to stop. */
export async function serveCrafts(port: MessagePort, { model, crafting }: CraftOrder): Promise<void> {
  let weights: Values = new Map();
  const oracle = await openParameterOracle(model, () => weights, { threads: 1 });
  const answer = async ({ batch, epoch, options, ...request }: CraftRequest): Promise<void> => {
    weights = request.weights;
    const attack = { ...crafting.attack, options };
    const advs = await craft(oracle, rowsOf(batch), { ...crafting, attack }, epoch);
    port.postMessage(advs, [advs.buffer]);
  };
  try {
    await new Promise<void>((resolve, reject) => {
      let last = Promise.resolve();
      port.on('message', (message: ToCrafter) => {
        if (message === 'stop') last.then(resolve, reject);
        else last = last.then(() => answer(message));
        last.catch(reject);
      });
    });
  } finally {
    port.close();
    await oracle.close();
  }
}
