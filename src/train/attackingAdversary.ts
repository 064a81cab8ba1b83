import type { Oracle } from '../core/oracle.ts';
import type { Adversary } from './adversary.ts';
import { rowsOf } from './fillBatch.ts';
import { craft, type Crafting } from './innerAttack.ts';

/** Attacks the model as it stands, in this thread. `crafting` is asked for every batch: steps that prove too long become shorter. */
export function attackingAdversary(oracle: Oracle, crafting: () => Crafting): Adversary {
  return {
    replays: 1,
    memory: new Map(),
    examples: (batch, epoch) => craft(oracle, rowsOf(batch), crafting(), epoch),
    close: () => Promise.resolve(),
  };
}
