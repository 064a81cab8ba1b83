import { describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { UserError } from '../../src/core/errors.ts';
import { randomOf } from '../../src/core/random.ts';
import { outcomes } from '../support/attackRuns.ts';
import { linearOracle } from '../support/linearOracle.ts';

/** What an attack makes of one image when nothing fools the model: its last point. */
async function lastOf(name: string, shape: readonly number[], x: Float32Array, options: Record<string, unknown>): Promise<Float32Array> {
  const oracle = { ...linearOracle([0, 1].map(() => [...x].fill(0)), [1, 0]), inputShape: shape };
  return (await outcomes(attacks[name]!, oracle, [{ id: 0, x, y: 0 }], { norm: 'linf', epsilon: 0.1, options }))[0]!.point!;
}

const random = randomOf(7);
const shape = [8, 10, 3];
const image = Float32Array.from({ length: 240 }, () => 0.2 + 0.5 * random.uniform());
const close = (one: Float32Array, other: ArrayLike<number>, digits = 6) => one.forEach((value, i) => expect(value).toBeCloseTo(other[i]!, digits));

describe('rotation-translation', () => {
  test('turned by 180 degrees, every pixel changes places with its opposite', async () => {
    const turned = await lastOf('rotation-translation', shape, image, { degrees: 180, rotations: 2, shifts: 1 });
    const opposite = Array.from(image, (_, i) => image[240 - 3 * (Math.floor(i / 3) + 1) + (i % 3)]!);
    close(turned, opposite, 5);
  });

  test('shifted by a tenth of each side, pixels move by a column and most of a row, and black comes in', async () => {
    const grey = image.slice(0, 80);
    const shifted = await lastOf('rotation-translation', [8, 10], grey, { rotations: 1, shifts: 2, shift: 0.1 });
    // Down by 0.8 of a row, right by a whole column.
    const at = (row: number, column: number) => (row < 0 || column < 0 ? 0 : grey[10 * row + column]!);
    close(shifted, Array.from(grey, (_, i) => 0.2 * at(Math.floor(i / 10), (i % 10) - 1) + 0.8 * at(Math.floor(i / 10) - 1, (i % 10) - 1)), 5);
  });

  test('asks about every pose of the grid before it gives up', async () => {
    const oracle = { ...linearOracle([0, 1].map(() => Array<number>(80).fill(0)), [1, 0]), inputShape: [8, 10] };
    const [outcome] = await outcomes(attacks['rotation-translation']!, oracle, [{ id: 0, x: image.slice(0, 80), y: 0 }], { norm: 'l2', epsilon: 1 });
    expect(outcome!.record).toMatchObject({ outcome: 'survived', forwardQueries: 31 * 5 * 5, gradientQueries: 0 });
  });
});

describe('corruption', () => {
  const corrupted = (kind: string, severity: number, x = image, of: readonly number[] = shape) => lastOf('corruption', of, x, { kind, severity });

  test('contrast leaves the mean of each channel and 0.4 of the differences to it', async () => {
    const mean = (values: Float32Array, channel: number) => values.filter((_, i) => i % 3 === channel).reduce((sum, value) => sum + value / 80, 0);
    const means = [0, 1, 2].map((channel) => mean(image, channel));
    close(await corrupted('contrast', 3), image.map((value, i) => means[i % 3]! + 0.4 * (value - means[i % 3]!)), 5);
  });

  test('brightness adds to the largest channel, up to 1, and keeps the ratios', async () => {
    const pixels = Float32Array.of(0.2, 0.4, 0.1, 0.9, 0.45, 0, 0, 0, 0, 1, 1, 1);
    close(await corrupted('brightness', 5, pixels, [2, 2, 3]), [0.35, 0.7, 0.175, 1, 0.5, 0, 0.3, 0.3, 0.3, 1, 1, 1]);
  });

  test('blur spreads a point into a Gaussian and leaves a plain image as it is', async () => {
    const point = new Float32Array(15 * 15);
    point[7 * 15 + 7] = 1;
    const spread = await corrupted('blur', 5, point, [15, 15, 1]);
    const line = Array.from({ length: 9 }, (_, i) => Math.exp(-((i - 4) ** 2) / 2));
    const total = line.reduce((sum, weight) => sum + weight, 0);
    for (let row = 3; row < 12; row++) for (let column = 3; column < 12; column++) expect(spread[row * 15 + column]).toBeCloseTo((line[row - 3]! * line[column - 3]!) / total ** 2, 6);
    close(await corrupted('blur', 5, image.map(() => 0.4)), image.map(() => 0.4));
  });

  test('noise has the stated deviation, small images less than large ones', async () => {
    const deviation = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / values.length);
    const grey = (side: number) => new Float32Array(side * side).fill(0.5);
    expect(deviation(await corrupted('noise', 5, grey(64), [64, 64, 1]))).toBeCloseTo(0.1, 2);
    expect(deviation(await corrupted('noise', 1, grey(65), [65, 65]))).toBeCloseTo(0.08, 2);
  });

  test.each([{ of: shape, x: image }, { of: [8, 10], x: image.slice(0, 80) }])('JPEG loses more at every severity: images of $of', async ({ of, x }) => {
    const losses = await Promise.all([1, 3, 5].map(async (severity) => (await corrupted('jpeg', severity, x, of)).reduce((sum, value, i) => sum + Math.abs(value - x[i]!) / x.length, 0)));
    expect(losses[0]).toBeGreaterThan(0.005);
    expect(losses[1]).toBeGreaterThan(losses[0]!);
    expect(losses[2]).toBeGreaterThan(losses[1]!);
    expect(losses[2]).toBeLessThan(0.15);
  });

  test('JPEG refuses four channels in one line', async () => {
    const refused = corrupted('jpeg', 1, image, [6, 10, 4]);
    await expect(refused).rejects.toThrow(new UserError('corruption: kind jpeg: expected images of 1 or 3 channels, found 4; the other kinds take any'));
  });

  test('all tries the kinds in turn, and the record names the one that broke the model', async () => {
    // Bright images are class 1: only brightness gets there from a grey of 0.4.
    const oracle = { ...linearOracle([Array<number>(16).fill(0), Array<number>(16).fill(1)], [8, 0]), inputShape: [4, 4, 1] };
    const run = async (grey: number) => (await outcomes(attacks['corruption']!, oracle, [{ id: 0, x: new Float32Array(16).fill(grey), y: 0 }], { norm: 'linf', epsilon: 0.1 }))[0]!.record;
    expect(await run(0.4)).toMatchObject({ outcome: 'broken', by: 'brightness', forwardQueries: 4 });
    const survived = await run(0.2);
    expect(survived).toMatchObject({ outcome: 'survived', forwardQueries: 5 });
    expect(survived.by).toBeUndefined();
  });
});
