import { describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { UserError } from '../../src/core/errors.ts';
import { norms } from '../../src/core/norms.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { randomOf } from '../../src/core/random.ts';
import { outcomes, type Setting } from '../support/attackRuns.ts';
import { linearOracle } from '../support/linearOracle.ts';
import { rows } from './contractRows.ts';

/** What an attack promises that keeps to no ball: a rotation, a blur. Under whichever norm and epsilon it is run. */
const ballLess = Object.values(attacks).filter((attack) => attack.norms.includes('none'));
const size = 9 * 8;
const shapes = [[9, 8], [9, 8, 1], [4, 6, 3]];
const any: Setting = { norm: 'linf', epsilon: 0.1 };

/** Half of the values of these lie on a face of the box. */
const random = randomOf(3);
const xs = Array.from({ length: 12 }, () => Float32Array.from({ length: size }, () => Math.min(1, Math.max(0, 2 * random.uniform() - 0.5))));
const weights = Array.from({ length: 3 }, () => Array.from({ length: size }, () => random.normal()));

function imagesOf(inputShape: readonly number[], batchSize?: number): Oracle {
  return { ...linearOracle(weights, [0, 0, 0], batchSize), inputShape };
}

async function samples() {
  const { logits } = await linearOracle(weights, [0, 0, 0], xs.length).predict(Float32Array.from(xs.flatMap((x) => [...x])), xs.length);
  return xs.map((x, id) => ({ id, x, y: [0, 1, 2].reduce((best, k) => (logits[3 * id + k]! > logits[3 * id + best]! ? k : best)) }));
}

test('there are such attacks', () => expect(ballLess.length).toBeGreaterThan(1));

describe.each(ballLess)('$name', (attack) => {
  const points = async (oracle: Oracle, setting: Setting) => (await outcomes(attack, oracle, await samples(), setting)).map(({ point }) => point!);

  test.each(shapes.map((shape) => ({ shape })))('stays in the box, moves, and breaks wherever the prediction changes: images of $shape', async ({ shape }) => {
    const results = await outcomes(attack, imagesOf(shape), await samples(), any);
    for (const { point, record } of results) {
      expect(point!.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(record.distances!.linf).toBeGreaterThan(0);
      expect(record.outcome).toBe(record.adversarial === record.label ? 'survived' : 'broken');
      expect(record.smallest).toBeUndefined();
    }
    expect(results.some(({ record }) => record.outcome === 'broken')).toBe(true);
  });

  test('returns the same points under any norm and epsilon, at any batch size and number in flight', async () => {
    const expected = await points(imagesOf([9, 8, 1]), any);
    for (const norm of norms) expect(await points(imagesOf([9, 8, 1]), { norm, epsilon: 0 })).toEqual(expected);
    expect(await points(imagesOf([9, 8, 1], 1), { ...any, inFlight: 1 })).toEqual(expected);
    expect(await points(imagesOf([9, 8, 1], 7), { ...any, inFlight: 13 })).toEqual(expected);
  });

  test(`returns ${rows[attack.name]!.random ? 'other' : 'the same'} points under another seed`, async () => {
    const [one, other] = [await points(imagesOf([9, 8, 1]), { ...any, seed: 1 }), await points(imagesOf([9, 8, 1]), { ...any, seed: 2 })];
    if (rows[attack.name]!.random) expect(one).not.toEqual(other);
    else expect(one).toEqual(other);
  });

  test('survives a model that always says the same', async () => {
    const oracle = { ...linearOracle(weights.map((w) => w.map(() => 0)), [1, 0, 0]), inputShape: [9, 8, 1] };
    const results = await outcomes(attack, oracle, xs.map((x, id) => ({ id, x, y: 0 })), any);
    for (const { record } of results) expect(record.outcome).toBe('survived');
  });

  test('works in the units of the box', async () => {
    const wide = (await samples()).map((sample) => ({ ...sample, x: sample.x.map((value) => 4 * value - 2) }));
    const narrow = await points(imagesOf([9, 8, 1]), any);
    const oracle = { ...linearOracle(weights.map((w) => w.map((weight) => weight / 4)), weights.map((w) => w.reduce((sum, weight) => sum + weight / 2, 0))), inputShape: [9, 8, 1] };
    const results = await outcomes(attack, oracle, wide, { ...any, bounds: { lower: -2, upper: 2 } });
    results.forEach(({ point }, i) => point!.forEach((value, k) => expect(value).toBeCloseTo(4 * narrow[i]![k]! - 2, 4)));
  });

  test('refuses a table in one line', async () => {
    const refused = outcomes(attack, linearOracle(weights, [0, 0, 0]), await samples(), any);
    await expect(refused).rejects.toThrow(new UserError(`${attack.name}: expected images [height, width, channels], found examples of [72]`));
  });
});
