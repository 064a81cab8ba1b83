import { diameter } from '../../core/epsilon.ts';
import type { SecondLook } from '../../evaluate/again/secondLook.ts';
import type { PlannedAttack, Trial } from '../../evaluate/trial.ts';
import { planAttacks } from './plannedAttacks.ts';

/** Between two points there are others of the same kind, and every part of the box may be used. */
export function isWhole({ norm, columns }: Trial): boolean {
  return norm !== 'l0' && !columns;
}

const efforts = ['steps', 'queries'] as const;

/** The option that says how long an attack works, if it has one. */
export function effortOf({ options }: Pick<PlannedAttack, 'options'>): (typeof efforts)[number] | undefined {
  return efforts.find((name) => typeof options[name] === 'number');
}

/** Twice the work, and the same with other random numbers; where it is a single step, many. */
export function moreWorkOf(strongest: PlannedAttack, trial: Trial, differentiable: boolean): PlannedAttack[] {
  const { attack, options, label, repeat } = strongest;
  const other = { ...strongest, label: `${label} with other random numbers`, repeat: repeat + 1000 };
  const effort = effortOf(strongest);
  if (effort !== undefined) {
    const twice = { ...options, [effort]: 2 * (options[effort] as number) };
    return [{ ...strongest, label: `${label} with twice the ${effort}`, repeat: repeat + 2000, options: twice }, other];
  }
  const single = attack.knowledge === 'gradient' && !attack.members && differentiable && trial.norm !== 'l0';
  return single ? [named('pgd', {}, trial)] : [other];
}

type Roles = Pick<SecondLook, 'otherLoss' | 'gradientFree' | 'noise' | 'halfway'>;
type Singles = { readonly [Role in keyof Roles]: PlannedAttack };

/** Attacks of other kinds, and the strongest at half of epsilon. */
export function singlesOf(strongest: PlannedAttack, trial: Trial, about: { readonly differentiable: boolean; readonly gradientFree: boolean }): Singles {
  const halfway = halfOf(strongest, trial);
  return {
    ...(about.differentiable && trial.norm !== 'l0' && { otherLoss: named('apgd-t', { targets: 3, steps: 50 }, trial) }),
    ...(!about.gradientFree && { gradientFree: trial.norm === 'l0' ? named('salt-and-pepper', {}, trial) : named('square', { queries: 1000 }, trial) }),
    noise: named('uniform-noise', { draws: 200 }, trial),
    ...(halfway && { halfway }),
  };
}

function halfOf(strongest: PlannedAttack, { norm, epsilon }: Trial): PlannedAttack | undefined {
  const half = norm === 'l0' ? Math.floor(epsilon / 2) : epsilon / 2;
  if (half === 0 || strongest.attack.finds === 'smallest') return undefined; // one run tells all of its epsilons
  return { ...strongest, label: `${strongest.label} at half of epsilon`, repeat: strongest.repeat + 3000, epsilon: half };
}

/** Gradients with the whole box for a ball. */
export function unboundedTrial(trial: Trial, size: number): Trial {
  const attack = named('pgd', { steps: 100, restarts: 2, loss: 'margin' }, { norm: 'linf' });
  return { ...trial, eightBit: false, norm: 'linf', epsilon: diameter('linf', trial.bounds, size), attacks: [attack] };
}

function named(name: string, options: PlannedAttack['options'], { norm }: Pick<Trial, 'norm'>): PlannedAttack {
  const [planned] = planAttacks([{ name, options }], norm);
  return planned as PlannedAttack;
}
