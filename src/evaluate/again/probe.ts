import * as v from 'valibot';
import type { Answer, Attack, AttackContext, Query } from '../../core/attack.ts';
import { norms } from '../../core/norms.ts';
import type { PlannedAttack } from '../trial.ts';

/** A coroutine that looks around an example and notes what it sees. */
export type Look = (context: AttackContext) => Generator<Query, void, Answer>;

/** A look as a trial runs it: an attack that finds nothing. */
export function probe(name: string, look: Look): PlannedAttack {
  const attack: Attack = {
    ...{ name, summary: name, when: 'among the checks', norms, knowledge: 'scores', options: v.object({}) },
    cost: () => ({ gradient: 0, forward: 0 }),
    *run(context) {
      yield* look(context);
      return context.x;
    },
  };
  return { label: name, repeat: 0, attack, options: {} };
}
