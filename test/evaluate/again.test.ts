import { describe, expect, test } from 'vitest';
import { pgd } from '../../attacks/pgd.ts';
import { unitBounds } from '../../src/core/bounds.ts';
import { parseOptions } from '../../src/core/options.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { foretelling, shareOfJumps, unevenness } from '../../src/evaluate/again/landscape.ts';
import { planted } from '../../src/evaluate/again/planted.ts';
import { probe } from '../../src/evaluate/again/probe.ts';
import { rerun } from '../../src/evaluate/again/rerun.ts';
import { lastRise, watched } from '../../src/evaluate/again/watched.ts';
import { firstLook } from '../../src/evaluate/firstLook.ts';
import type { PlannedAttack, Trial } from '../../src/evaluate/trial.ts';

type Scores = (x: number, y: number) => readonly [number, number];

/** Two values in, two classes out, each by the same formula; the gradient says what it is told to. */
function oracleOf(scores: Scores, gradient: readonly [number, number]): Oracle {
  const predict: Oracle['predict'] = (points, rows) => {
    const logits = Array.from({ length: rows }, (_, row) => scores(points[2 * row]!, points[2 * row + 1]!)).flat();
    return Promise.resolve({ logits: Float32Array.from(logits) });
  };
  return {
    ...{ inputShape: [2], size: 2, classes: 2, batchSize: 16, differentiable: true, logitError: 0, predict },
    async gradient(points, _, rows) {
      const slopes = Float32Array.from({ length: 2 * rows }, (_each, i) => gradient[i % 2]!);
      return { ...(await predict(points, rows)), loss: new Float32Array(rows), gradient: slopes };
    },
    close: () => Promise.resolve(),
  };
}

/** Class 0 left of x = 0.5, class 1 right of it. */
const linear = oracleOf((x) => [0, x - 0.5], [1, 0]);
const examples = [{ id: 0, x: Float32Array.of(0.1, 0.5), y: 0 }, { id: 1, x: Float32Array.of(0.9, 0.5), y: 1 }];
const trialOf = (...attacks: PlannedAttack[]): Trial => ({
  ...{ attacks, norm: 'linf', epsilon: 0.1, bounds: unitBounds, target: undefined, seed: 0, shape: [2], classes: 2, labels: 'given', eightBit: false },
});
const searching = (options = {}): PlannedAttack => ({ label: 'pgd', repeat: 0, attack: pgd, options: parseOptions('pgd', pgd.options, options) });

describe('around an example', () => {
  const changesOf = async (oracle: Oracle) => {
    const changes = { foretold: [], unforetold: [] };
    await rerun(oracle, examples.slice(0, 1), trialOf(probe('foretelling', foretelling(changes, 1e-7))));
    return shareOfJumps(changes);
  };

  test('a gradient foretells all of a linear model', async () => {
    expect(await changesOf(linear)).toBe(0);
  });

  test('and of one that jumps to and fro only what it is worth', async () => {
    const jumping = oracleOf((x) => [0, x - 0.5 + (Math.floor(1e6 * x) % 2) / 10], [1, 0]);
    expect(await changesOf(jumping)).toBeGreaterThan(0.9);
  });

  test('nothing is foretold where nothing changes', async () => {
    expect(await changesOf(oracleOf(() => [1, 0], [0, 0]))).toBeUndefined();
  });

  test('a tenth of epsilon changes the lead of a linear model by a tenth of what epsilon does, at most', async () => {
    const noted: number[] = [];
    await rerun(linear, examples, trialOf(probe('uneven', unevenness(noted))));
    expect(noted).toHaveLength(2);
    for (const change of noted) expect(change).toBeLessThan(0.01 / 0.4);
  });
});

describe('a planted adversarial example', () => {
  const foundBy = async (oracle: Oracle) => {
    const count = { tried: 0, found: 0 };
    await rerun(oracle, examples, trialOf(probe('planted', planted(searching({ randomStart: false }), examples.map(({ x }) => x), count))));
    return count;
  };

  test('is found where the gradient leads to it, also from a place too far for the example itself', async () => {
    const both = oracleOf((x) => [0, x - 0.5], [1, 0]);
    const towards: Oracle = {
      ...both,
      // Cross-entropy rises away from the label, whose weight is 1.
      gradient: async (points, losses, rows) => {
        const answer = await both.gradient(points, losses, rows);
        for (let row = 0; row < rows; row++) answer.gradient[2 * row] = losses.a[2 * row] === 1 ? 1 : -1;
        return answer;
      },
    };
    expect(await foundBy(towards)).toEqual({ tried: 2, found: 2 });
    expect((await rerun(towards, examples, trialOf(searching()))).get('pgd')).toEqual({ attack: 'pgd', broken: [], classes: 2 });
  });

  test('is missed where there is no gradient', async () => {
    expect(await foundBy(oracleOf((x) => [0, x - 0.5], [0, 0]))).toEqual({ tried: 2, found: 0 });
  });
});

test('of a rise its last tenth counts, by the best loss so far', () => {
  expect(lastRise([0, 1, 2, 3, 4, 5, 6, 7, 8, 10])).toBe(0.2);
  expect(lastRise([0, 10, 2, 3, 4, 5, 6, 7, 8, 9])).toBe(0);
  expect(lastRise([5, 4, 3, 2, 1, 0, 0, 0, 0, 5])).toBe(0);
});

test('a watched attack does what it does unwatched', async () => {
  const rises: number[] = [];
  const both = await rerun(linear, examples, trialOf({ ...searching(), label: 'seen', attack: watched(pgd, rises) }, searching()));
  expect(both.get('seen')?.broken).toEqual(both.get('pgd')?.broken);
  expect(rises).toHaveLength(2);
});

test('a failure is told with what was run', async () => {
  const broken = oracleOf(() => [NaN, 0], [0, 0]);
  expect((await rerun(broken, examples, trialOf(searching()))).get('pgd')?.error).toMatch(/not finite/);
});

test('a first look sees who is certain, and who answers by chance', async () => {
  const points = Float32Array.of(0.1, 0.5, 0.9, 0.5);
  expect(await firstLook(linear, points)).toEqual({ probabilities: false, certain: 0, steady: true });
  expect(await firstLook(oracleOf((x) => [0, x > 0.5 ? 60 : 1], [0, 0]), points)).toMatchObject({ certain: 0.5 });
  let asked = 0;
  expect(await firstLook(oracleOf((x) => [0, x + asked++], [0, 0]), points)).toMatchObject({ steady: false });
});
