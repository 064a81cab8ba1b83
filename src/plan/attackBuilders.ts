import type { GenericSchema, InferInput } from 'valibot';
import { bim as bimAttack } from '../../attacks/bim.ts';
import { fgsm as fgsmAttack } from '../../attacks/fgsm.ts';
import { gaussianNoise as gaussianNoiseAttack } from '../../attacks/gaussianNoise.ts';
import { pgd as pgdAttack } from '../../attacks/pgd.ts';
import { uniformNoise as uniformNoiseAttack } from '../../attacks/uniformNoise.ts';
import type { Attack, AttackSpec } from '../core/attack.ts';
import { parseOptions } from '../core/options.ts';

/** `pgd({ steps: 40 })`: an attack as plain data. Options that are left out take the attack's defaults. */
export type AttackBuilder<Schema extends GenericSchema> = (options?: InferInput<Schema>) => AttackSpec;

export const fgsm = builderOf(fgsmAttack);
export const bim = builderOf(bimAttack);
export const pgd = builderOf(pgdAttack);
export const uniformNoise = builderOf(uniformNoiseAttack);
export const gaussianNoise = builderOf(gaussianNoiseAttack);

/** Options are checked where they are written, not only when the scan starts. */
function builderOf<Schema extends GenericSchema>({ name, options: schema }: Attack<Schema>): AttackBuilder<Schema> {
  return (options) => {
    const given = (options ?? {}) as Readonly<Record<string, unknown>>;
    parseOptions(name, schema, given);
    return { name, options: { ...given } };
  };
}
