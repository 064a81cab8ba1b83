import { together } from '../core/attack.ts';
import type { Answer, PointQuery, Query } from '../core/attack.ts';
import { verdictDraws } from './draws.ts';

/**
 * For models that draw random numbers: what one draw calls fooled may be luck, and an attack that stops there loses.
 * Wherever an answer is fooled the point is asked about again, twice, and it stays fooled if all other draws but one agree
 * each time: in forty looks, one finds a bare majority also where there is none. Answers by a draw that the attack itself
 * has named pass as they are: it knows what it does.
 */
export function* confirmed<Result>(run: Generator<Query, Result, Answer>): Generator<Query, Result, Answer> {
  let asked = run.next();
  while (!asked.done) {
    let answer: Answer;
    try {
      answer = yield* answered(asked.value);
    } catch (error) {
      asked = run.throw(error);
      continue;
    }
    asked = run.next(answer);
  }
  return asked.value;
}

function* answered(query: Query): Generator<Query, Answer, Answer> {
  if ('wait' in query) return yield query;
  if ('want' in query) return yield* checked(query, yield query);
  // A lazy one may write each point into the same memory.
  const queries = Array.from(query, (each) => ({ ...each, at: each.at.slice() }));
  const answers: Answer[] = [];
  for (const [place, answer] of (yield* together(queries)).entries()) answers.push(yield* checked(queries[place] as PointQuery, answer));
  return answers as unknown as Answer; // as `together` in core/attack.ts
}

function* checked({ at, draw }: PointQuery, answer: Answer): Generator<Query, Answer, Answer> {
  if (!answer.fooled || draw !== undefined) return answer;
  const kept = { ...answer, logits: answer.logits.slice(), gradient: answer.gradient.slice() };
  for (const draws of [verdictDraws - 1, verdictDraws]) {
    const others = yield* together(Array.from({ length: draws }, () => ({ want: 'label' as const, at })));
    if (others.filter(({ fooled }) => !fooled).length > 1) return { ...kept, fooled: false };
  }
  return { ...kept, fooled: true };
}
