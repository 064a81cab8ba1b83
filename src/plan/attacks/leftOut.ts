import type { Norm } from '../../core/norms.ts';
import type { PlannedAttack } from '../../evaluate/trial.ts';

/** A line for each ensemble some of whose members need more classes than the model has. */
export function leftOutLines(attacks: readonly PlannedAttack[], norm: Norm, classes: number): string[] {
  return attacks.flatMap(({ attack, label, options }) => {
    const run = attack.members?.({ norm, classes }, options) ?? [];
    const all = attack.members?.({ norm, classes: manyClasses }, options) ?? [];
    const missing = all.filter((member) => !run.includes(member));
    return missing.length === 0 ? [] : [`${label}: runs ${run.join(', ')} without ${missing.join(', ')}, as the model has ${classes} classes`];
  });
}

/** No attack needs more. */
const manyClasses = 1000;
