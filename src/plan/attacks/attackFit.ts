import { attacks } from '../../../attacks/index.ts';
import type { Attack } from '../../core/attack.ts';
import { UserError } from '../../core/errors.ts';
import type { Norm } from '../../core/norms.ts';

/** Whether an attack can run under a norm: it is made for it, or keeps to no ball. */
function fitsNorm({ norms }: Attack, norm: Norm): boolean {
  return norms.includes(norm) || norms.includes('none');
}

/** Refuses an attack in a norm that it is not made for, in one line that names those that are. */
export function checkNorm(attack: Attack, norm: Norm): void {
  if (fitsNorm(attack, norm)) return;
  const fitting = named(({ norms }) => norms.includes(norm));
  throw new UserError(`${attack.name}: expected a norm it is made for (${attack.norms.join(', ')}), found ${norm}, for which there are ${fitting}`);
}

/** Refuses attacks that follow a gradient which the model does not have, in one line: why not, and what can run. */
export function checkKnowledge(asked: readonly Attack[], norm: Norm, { path, reason }: { readonly path: string; readonly reason: string }): void {
  const needing = new Set(asked.filter(({ knowledge }) => knowledge === 'gradient').map(({ name }) => name));
  if (needing.size === 0) return;
  const fitting = named((attack) => attack.knowledge !== 'gradient' && fitsNorm(attack, norm));
  throw new UserError(`${[...needing].join(', ')}: expected attacks that need no gradient, as ${path} has none (${reason}): in ${norm} there are ${fitting}`);
}

function named(fits: (attack: Attack) => boolean): string {
  const names = Object.values(attacks).filter(fits).map(({ name }) => name);
  return names.length === 0 ? 'none' : names.join(', ');
}
