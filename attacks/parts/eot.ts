import { type Answer, type PointQuery, type Query, together } from '../../src/core/attack.ts';

/**
 * Expectation over transformation, for models that draw random numbers: every gradient an attack asks for becomes the
 * mean over `draws` of them, answered together. Its logits and loss are means as well; it fools when all draws do: where
 * only most did, an attack would stop at points which the model's next draw may well get right.
 * Athalye et al. 2018, arXiv:1707.07397. Other questions are passed on as they are.
 */
export function* eot<Result>(run: Generator<Query, Result, Answer>, draws: number): Generator<Query, Result, Answer> {
  let drawn = 0;
  let asked = run.next();
  while (!asked.done) {
    let answer: Answer;
    try {
      answer = yield* averaged(asked.value, draws, drawn);
    } catch (error) {
      asked = run.throw(error);
      continue;
    }
    drawn += draws;
    asked = run.next(answer);
  }
  return asked.value;
}

function* averaged(query: Query, draws: number, first: number): Generator<Query, Answer, Answer> {
  if ('wait' in query) return yield query;
  if ('want' in query) return query.want === 'gradient' ? mean(yield* together(drawsOf(query, draws, first))) : yield query;
  const queries = [...query];
  const answers = yield* together(queries.flatMap((each) => drawsOf(each, draws, first)));
  let taken = 0;
  const means = queries.map((each) => mean(answers.slice(taken, (taken += each.want === 'gradient' ? draws : 1))));
  return means as unknown as Answer; // as `together` in core/attack.ts
}

/** New draws at every point: an attack must not fit a fixed few. */
function drawsOf(query: PointQuery, draws: number, first: number): PointQuery[] {
  if (query.want !== 'gradient') return [query];
  return Array.from({ length: draws }, (_, k) => ({ ...query, draw: first + k }));
}

function mean(answers: readonly Answer[]): Answer {
  const [only] = answers;
  if (only && answers.length === 1) return only;
  const logits = meanOf(answers.map((answer) => answer.logits));
  return {
    label: logits.indexOf(Math.max(...logits)),
    fooled: answers.every(({ fooled }) => fooled),
    logits,
    loss: answers.reduce((sum, { loss }) => sum + loss, 0) / answers.length,
    gradient: meanOf(answers.map(({ gradient }) => gradient)),
  };
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
  return Float32Array.from(sum, (value) => value / vectors.length);
}
