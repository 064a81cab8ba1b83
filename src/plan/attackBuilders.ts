import type { GenericSchema, InferInput } from 'valibot';
import { suite } from '../../attacks/index.ts';
import type { Attack, AttackSpec } from '../core/attack.ts';
import { parseOptions } from '../core/options.ts';

/** `pgd({ steps: 40 })`: an attack as plain data. Options that are left out take the attack's defaults. */
export type AttackBuilder<Schema extends GenericSchema> = (options?: InferInput<Schema>) => AttackSpec;

type Suite = typeof suite;
type Builders = { readonly [Name in keyof Suite]: AttackBuilder<Suite[Name]['options']> };

/** One for each attack. */
export const attackBuilders = Object.fromEntries(Object.entries(suite).map(([name, attack]) => [name, builderOf(attack)])) as unknown as Builders;

/** Options are checked where they are written, not only when the scan starts. */
function builderOf({ name, options: schema }: Attack): (options?: object) => AttackSpec {
  return (options) => {
    const given = { ...options };
    parseOptions(name, schema, given);
    return { name, options: given };
  };
}
