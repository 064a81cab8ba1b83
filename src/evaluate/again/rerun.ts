import type { Oracle } from '../../core/oracle.ts';
import type { SampleRecord } from '../../core/record.ts';
import { evaluate } from '../evaluate.ts';
import type { Example } from '../example.ts';
import type { Trial } from '../trial.ts';
import type { Rerun } from './secondLook.ts';

/** Runs a trial on a few examples in this thread; what came of each of its attacks, by label. */
export async function rerun(oracle: Oracle, examples: readonly Example[], trial: Trial, signal?: AbortSignal): Promise<ReadonlyMap<string, Rerun>> {
  const records: SampleRecord[] = [];
  await evaluate(oracle, handedOut(examples), trial, ({ record }) => records.push(record), { signal });
  return new Map(trial.attacks.map(({ label }) => [label, summary(label, records.filter(({ attack }) => attack === label))]));
}

function summary(attack: string, records: readonly SampleRecord[]): Rerun {
  const failed = records.find(({ outcome }) => outcome === 'error');
  return {
    attack,
    broken: records.flatMap(({ id, outcome }) => (outcome === 'broken' ? [id] : [])).sort((a, b) => a - b),
    classes: new Set(records.map(({ label }) => label)).size,
    ...(failed && { error: failed.error ?? 'no reason given' }),
  };
}

async function* handedOut(examples: readonly Example[]): AsyncGenerator<Example, void> {
  for (const example of examples) yield await Promise.resolve(example);
}
