import type { Oracle } from '../../core/oracle.ts';
import { evaluate } from '../evaluate.ts';
import type { Example } from '../example.ts';
import type { Trial } from '../trial.ts';
import type { Rerun } from './secondLook.ts';

/** Runs a trial on a few examples in this thread; what came of each of its attacks, by label. */
export async function rerun(oracle: Oracle, examples: readonly Example[], trial: Trial, signal?: AbortSignal): Promise<ReadonlyMap<string, Rerun>> {
  const found = new Map(trial.attacks.map(({ label }) => [label, { broken: [] as number[], errors: [] as string[] }]));
  await evaluate(oracle, handedOut(examples), trial, ({ record: { id, attack, outcome, error } }) => {
    if (outcome === 'broken') found.get(attack)?.broken.push(id);
    if (outcome === 'error') found.get(attack)?.errors.push(error ?? 'no reason given');
  }, { signal });
  return new Map([...found].map(([attack, { broken, errors: [error] }]) => {
    return [attack, { attack, broken: broken.sort((a, b) => a - b), ...(error !== undefined && { error }) }];
  }));
}

async function* handedOut(examples: readonly Example[]): AsyncGenerator<Example, void> {
  for (const example of examples) yield await Promise.resolve(example);
}
