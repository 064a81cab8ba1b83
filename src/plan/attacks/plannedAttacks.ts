import { attacks } from '../../../attacks/index.ts';
import type { Attack, AttackSpec, Knowledge } from '../../core/attack.ts';
import { unknownName, UserError } from '../../core/errors.ts';
import type { Norm } from '../../core/norms.ts';
import { parseOptions } from '../../core/options.ts';
import { isInNoBall } from '../../evaluate/attempt.ts';
import type { PlannedAttack } from '../../evaluate/trial.ts';
import { epsilonText } from '../../report/figures.ts';
import { parseAttacks } from './attackExpression.ts';
import { checkNorm } from './attackFit.ts';

/** The plain part of a planned attack, which can cross to a worker thread. */
export type AttackOrder = Omit<PlannedAttack, 'attack'> & { readonly name: string };

/** From what the user asked for to attacks that can run: names known, options checked and completed, norm supported. */
export function planAttacks(asked: string | readonly AttackSpec[], norm: Norm): PlannedAttack[] {
  const specs = typeof asked === 'string' ? parseAttacks(asked) : asked;
  if (specs.length === 0) throw new UserError('attacks: expected at least one, found none');
  for (const spec of specs) checkFields(spec);
  const labels = specs.map(labelOf);
  return specs.map(({ name, options }, at) => {
    const attack = attackNamed(name);
    checkNorm(attack, norm);
    const same = labels.slice(0, at).filter((label) => label === labels[at]).length;
    return {
      label: same === 0 ? (labels[at] as string) : `${labels[at]}#${same + 1}`,
      repeat: specs.slice(0, at).filter((spec) => spec.name === name).length,
      attack,
      options: parseOptions(name, attack.options, options) as PlannedAttack['options'],
    };
  });
}

const fields: Readonly<Record<keyof AttackSpec, true>> = { name: true, options: true, norm: true, epsilon: true };

/** An option beside `options` would be passed over, and a weaker attack run. */
function checkFields(spec: AttackSpec): void {
  const unknown = Object.keys(spec).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) throw unknownName(`field of the attack ${spec.name}`, unknown, Object.keys(fields));
}

/**
 * Each attack once for each epsilon, where there are several; once in all where it looks for the smallest perturbation,
 * which tells how it fares at each of them, or keeps to no ball.
 */
export function atEpsilons(attacks: readonly PlannedAttack[], epsilons: readonly number[]): PlannedAttack[] {
  if (epsilons.length === 1) return [...attacks];
  const rounded = epsilons.map(epsilonText);
  const texts = new Set(rounded).size < rounded.length ? epsilons.map(String) : rounded;
  return attacks.flatMap((planned) => {
    const { attack, label } = planned;
    if (attack.finds === 'smallest' || isInNoBall(planned)) return [planned];
    return epsilons.map((epsilon, at) => ({ ...planned, label: `${label}@${texts[at]}`, series: label, epsilon }));
  });
}

export function orderOf({ attack, ...order }: PlannedAttack): AttackOrder {
  return { ...order, name: attack.name };
}

export function attackOf({ name, ...order }: AttackOrder): PlannedAttack {
  return { ...order, attack: attackNamed(name) };
}

/** What an ensemble's member needs of the model, where it bears the name of an attack. */
export function knowledgeOf(member: string): Knowledge | undefined {
  return Object.hasOwn(attacks, member) ? attacks[member]?.knowledge : undefined;
}

export function attackNamed(name: string): Attack {
  const attack = Object.hasOwn(attacks, name) ? attacks[name] : undefined;
  if (!attack) throw unknownName('attack', name, Object.keys(attacks));
  return attack;
}

/** As a user would write it: `pgd(steps=100)`. */
function labelOf({ name, options }: AttackSpec): string {
  const written = Object.entries(options).map(([option, value]) => `${option}=${String(value)}`);
  return written.length === 0 ? name : `${name}(${written.join(',')})`;
}
