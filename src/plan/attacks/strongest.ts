import type { AttackRow } from '../../core/report.ts';
import { isInNoBall } from '../../evaluate/attempt.ts';
import { isNoise } from '../../evaluate/strengths.ts';
import type { PlannedAttack, Trial } from '../../evaluate/trial.ts';
import type { LookRequest } from '../lookAgain.ts';
import { effortOf } from './moreAttacks.ts';
import { knowledgeOf } from './plannedAttacks.ts';

/** Which of the attacks asked for is looked at again: the one that broke most, by gradients if any follows them; of equals one that goes on. */
export function strongestOf(asked: readonly PlannedAttack[], rows: readonly AttackRow[], trial: Trial): Pick<LookRequest, 'strongest' | 'gradientFree'> {
  const inBall = asked.filter((planned) => !isInNoBall(planned));
  const left = rows.filter((row) => row.epsilon === trial.epsilon).map(({ robustAccuracy }) => robustAccuracy);
  const ranked = inBall
    .map((planned, at) => ({ planned, robustAccuracy: left[at] ?? 1, rank: rankOf(planned) }))
    .sort((a, b) => a.rank - b.rank || a.robustAccuracy - b.robustAccuracy || Number(effortOf(a.planned) === undefined) - Number(effortOf(b.planned) === undefined));
  return { strongest: ranked[0]?.planned, gradientFree: inBall.some((planned) => doesWithout(planned, trial)) };
}

/** It, or one of its members, does without gradients, and is no noise. */
function doesWithout({ attack, options }: PlannedAttack, trial: Trial): boolean {
  const members = attack.members?.(trial, options) ?? [attack.name];
  return members.some((name) => (knowledgeOf(name) ?? attack.knowledge) !== 'gradient' && !isNoise(name));
}

/** Attacks that follow gradients first, noise last. */
function rankOf({ attack: { name, knowledge } }: PlannedAttack): number {
  if (knowledge === 'gradient') return 0;
  return isNoise(name) ? 2 : 1;
}
