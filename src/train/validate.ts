import type { Oracle } from '../core/oracle.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import type { Example } from '../evaluate/example.ts';
import type { Trial } from '../evaluate/trial.ts';
import { inTurn } from './inTurn.ts';

/** Shares of examples that are classified correctly, as they are and under the trial's attack. */
export interface Accuracies {
  readonly clean: number;
  readonly robust: number;
}

/** Attacks held-out examples as a scan does. An attack that fails on one stops the training: a figure would stand on less. */
export async function validate(oracle: Oracle, examples: readonly Example[], trial: Trial, signal?: AbortSignal): Promise<Accuracies> {
  let [clean, robust] = [0, 0];
  await evaluate(oracle, inTurn(examples), trial, ({ record: { id, outcome, error } }) => {
    if (outcome === 'error') throw new Error(`validation example ${id}: ${error}`);
    clean += Number(outcome !== 'wrong');
    robust += Number(outcome === 'survived');
  }, { signal });
  return { clean: clean / examples.length, robust: robust / examples.length };
}
