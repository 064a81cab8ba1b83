import { expect, test } from 'vitest';
import type { Answer, PointQuery, Query } from '../../src/core/attack.ts';
import { confirmed } from '../../src/evaluate/confirm.ts';
import { majority, verdictNoise } from '../../src/evaluate/draws.ts';

test.each([
  { predictions: [4], expected: 4 },
  { predictions: [2, 1, 1], expected: 1 },
  { predictions: [2, 2, 1, 1], expected: 2 },
  { predictions: [2, 1, 3, 3, 4], expected: 3 },
  { predictions: [2, 2, 2, 1, 3], expected: 2 },
  { predictions: [1, 1, -1], expected: -1 },
])('of the predictions $predictions for label 2, $expected counts', ({ predictions, expected }) => {
  expect(majority(predictions, 2)).toBe(expected);
});

test('an example is judged by the same numbers whoever attacks it', () => {
  expect(verdictNoise(3, 7).split(2).uniform()).toBe(verdictNoise(3, 7).split(2).uniform());
  expect(verdictNoise(3, 7).uniform()).not.toBe(verdictNoise(3, 8).uniform());
});

const at = Float32Array.of(1);
const answerOf = (fooled: boolean): Answer => ({ label: 0, fooled, logits: Float32Array.of(0, 1), loss: 0, gradient: at });

/** Runs an attack that asks once, against a model that gives these verdicts in turn; whether it believes it has won, and at what price. */
function run(query: PointQuery, verdicts: readonly boolean[]): { fooled: boolean; asked: number } {
  let asked = 0;
  const next = () => answerOf(verdicts[asked++] ?? false);
  const attack = confirmed((function* (): Generator<Query, boolean, Answer> {
    return (yield query).fooled;
  })());
  for (let step = attack.next(); ; ) {
    if (step.done) return { fooled: step.value, asked };
    const given = 'want' in step.value ? next() : Array.from(step.value as Iterable<PointQuery>, next);
    step = attack.next(given as Answer);
  }
}
const times = (count: number, verdict: boolean): boolean[] => new Array<boolean>(count).fill(verdict);

test('what fools by one draw is asked again, and believed when nearly all draws agree', () => {
  const scores = { want: 'scores', at } as const;
  expect(run(scores, [false])).toEqual({ fooled: false, asked: 1 });
  expect(run(scores, times(20, true))).toEqual({ fooled: true, asked: 20 });
  expect(run(scores, [true, false, ...times(18, true)])).toEqual({ fooled: true, asked: 20 });
  expect(run(scores, [true, false, false, ...times(17, true)])).toEqual({ fooled: false, asked: 10 });
  expect(run(scores, [...times(10, true), false, false, ...times(8, true)])).toEqual({ fooled: false, asked: 20 });
});

test('answers by a draw that the attack names are its own matter', () => {
  expect(run({ want: 'scores', at, draw: 3 }, [true])).toEqual({ fooled: true, asked: 1 });
});
