import type { AttackSpec } from '../core/attack.ts';
import { isInNoBall } from '../evaluate/attempt.ts';
import { planOf } from '../plan/plan.ts';
import { threatLine } from '../report/threatLine.ts';
import { percent } from '../report/figures.ts';
import { judged } from './judged.ts';
import { matched } from './matched.ts';
import type { Matched } from './matched.ts';
import { modelOf } from './subject.ts';
import type { On } from './subject.ts';

export interface WithstandOptions extends On {
  /** The least accuracy under the attack, from 0 to 1; of several attacks, under all of them at once. */
  readonly atLeast: number;
}

/** Holds the accuracy under one attack, or what several leave, against a floor. */
export async function toWithstand(this: { readonly isNot: boolean }, received: unknown, attack: string | AttackSpec | readonly AttackSpec[], { on, atLeast, confidence, ...asked }: WithstandOptions): Promise<Matched> {
  const attacks = typeof attack === 'object' && 'name' in attack ? [attack] : attack;
  const request = { ...asked, model: modelOf(received), data: on, attacks };
  const planned = planOf(request).attacks;
  const outside = planned.filter(isInNoBall);
  const { report, verdict } = await judged(request, {
    ...(outside.length < planned.length && { worstCase: atLeast }),
    ...(outside.length > 0 && { robust: Object.fromEntries(outside.map(({ label }) => [label, atLeast])) }),
  }, confidence);
  const claim = `to withstand ${planned.map(({ label }) => label).join(', ')} (${threatLine(report.threat, [report.threat.epsilon])}) on at least ${percent(atLeast)}`;
  return matched(verdict, this.isNot, claim, report);
}
