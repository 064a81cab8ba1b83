import type { GenericSchema, InferInput } from 'valibot';
import { suite } from '../../../attacks/index.ts';
import type { Attack, AttackSpec } from '../../core/attack.ts';
import { parseOptions } from '../../core/options.ts';

/** `pgd({ steps: 40, epsilon: 8 / 255 })`: an attack as plain data, and the threat if it has one of its own. Options that are left out take the attack's defaults. */
export type AttackBuilder<Schema extends GenericSchema> = (options?: InferInput<Schema> & Pick<AttackSpec, 'norm' | 'epsilon'>) => AttackSpec;

type Suite = typeof suite;
type Builders = { readonly [Name in keyof Suite]: AttackBuilder<Suite[Name]['options']> };

/** One for each attack. */
export const attackBuilders = Object.fromEntries(Object.entries(suite).map(([name, attack]) => [name, builderOf(attack)])) as unknown as Builders;

/** Options are checked where they are written, not only when the scan starts. */
function builderOf({ name, options: schema }: Attack): (options?: Partial<AttackSpec>) => AttackSpec {
  return ({ norm, epsilon, ...options } = {}) => {
    parseOptions(name, schema, options);
    return { name, options, ...(norm !== undefined && { norm }), ...(epsilon !== undefined && { epsilon }) };
  };
}
