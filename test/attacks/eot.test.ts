import { describe, expect, test } from 'vitest';
import { eot } from '../../attacks/parts/eot.ts';
import { type Answer, type PointQuery, type Query, together } from '../../src/core/attack.ts';

const at = Float32Array.of(0.5);
const answer = (slope: number, fooled = false): Answer => ({
  label: 0, fooled, logits: Float32Array.of(slope, 1), loss: slope, gradient: Float32Array.of(slope, -slope),
});

/** Drives a run: each query, or list of queries, is answered by the function. */
function drive<Result>(run: Generator<Query, Result, Answer>, reply: (query: PointQuery) => Answer): { asked: PointQuery[][]; result: Result } {
  const asked: PointQuery[][] = [];
  let next = run.next();
  while (!next.done) {
    const query = next.value;
    if ('wait' in query) throw new Error('no wait was expected');
    const queries = 'want' in query ? [query] : [...query];
    asked.push(queries);
    const answers = queries.map(reply);
    next = run.next('want' in query ? answers[0]! : (answers as unknown as Answer));
  }
  return { asked, result: next.value };
}

function* twoSteps(): Generator<Query, Answer[], Answer> {
  return [yield { want: 'gradient', at }, yield { want: 'gradient', at }];
}

describe('eot', () => {
  test('answers a gradient query with the mean of new draws', () => {
    const { asked, result } = drive(eot(twoSteps(), 3), ({ draw }) => answer(draw!));
    expect(asked.map((queries) => queries.map(({ draw }) => draw))).toEqual([[0, 1, 2], [3, 4, 5]]);
    expect(result.map(({ loss, gradient, logits, label }) => ({ loss, label, gradient: [...gradient], logits: [...logits] }))).toEqual([
      { loss: 1, label: 0, gradient: [1, -1], logits: [1, 1] },
      { loss: 4, label: 0, gradient: [4, -4], logits: [4, 1] },
    ]);
  });

  test('is fooled when all draws are', () => {
    const fooledIn = (count: number) => drive(eot(twoSteps(), 4), ({ draw }) => answer(1, draw! % 4 < count)).result[0]!.fooled;
    expect([0, 1, 2, 3, 4].map(fooledIn)).toEqual([false, false, false, false, true]);
  });

  test('passes other questions on, alone and among gradients', () => {
    function* mixed(): Generator<Query, readonly Answer[], Answer> {
      const alone = yield { want: 'label', at };
      return [alone, ...(yield* together([{ want: 'scores', at }, { want: 'gradient', at }, { want: 'label', at }]))];
    }
    const { asked, result } = drive(eot(mixed(), 2), ({ want, draw }) => answer(want === 'gradient' ? draw! : -1));
    expect(asked.map((queries) => queries.map(({ want }) => want))).toEqual([['label'], ['scores', 'gradient', 'gradient', 'label']]);
    expect(result.map(({ loss }) => loss)).toEqual([-1, -1, 2.5, -1]);
  });

  test('lets the attack see what goes wrong', () => {
    function* careful(): Generator<Query, string, Answer> {
      try {
        yield { want: 'gradient', at };
        return 'nothing seen';
      } catch (error) {
        return (error as Error).message;
      }
    }
    const run = eot(careful(), 2);
    run.next();
    expect(run.throw(new Error('the model failed'))).toEqual({ done: true, value: 'the model failed' });
  });
});
