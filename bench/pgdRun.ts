import type { Oracle } from '../src/core/oracle.ts';
import type { Example } from '../src/evaluate/example.ts';
import { type AttackRun, attackRun, type AttackRunSettings } from './attackRun.ts';

export interface PgdSettings extends AttackRunSettings {
  readonly stopWhenFooled: boolean;
}

/** PGD-40 on every example in this thread. */
export function pgdRun(oracle: Oracle, examples: readonly Example[], { stopWhenFooled, ...settings }: PgdSettings): Promise<AttackRun> {
  return attackRun(oracle, examples, { name: 'pgd', options: { steps: 40, stopWhenFooled } }, settings);
}
