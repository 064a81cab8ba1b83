import { afterAll, describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { openModel } from '../../models/index.ts';
import type { Norm } from '../../src/core/norms.ts';
import { compileModel } from '../../src/engine/compile.ts';
import { openCompiled } from '../../src/engine/compiledOracle.ts';
import { outcomes } from '../support/attackRuns.ts';
import { digitsOnnx, digitsTest } from '../support/digits.ts';

// What attacks without gradients find on the digits net, against what gradients find on the same examples.
const model = await openModel(digitsOnnx);
const oracle = await openCompiled(await compileModel(model, { batchSize: 64 }), { threads: 1 });
afterAll(async () => {
  await oracle.close();
  model.close();
});

const { images, labels } = await digitsTest();
const all = images.slice(0, 40).map((image, id) => ({ id, x: Float32Array.from(image, (value) => value / 16), y: labels[id]! }));
const { logits } = await predictions();
const examples = all.filter(({ y }, row) => logits.slice(10 * row, 10 * row + 10).every((value, k) => k === y || value < logits[10 * row + y]!));

async function predictions() {
  return oracle.predict(Float32Array.from(all.flatMap(({ x }) => [...x])), all.length);
}

async function run(name: string, norm: Norm, epsilon: number, options: Record<string, unknown> = {}) {
  return (await outcomes(attacks[name]!, oracle, examples, { norm, epsilon, options, inFlight: 64 })).map(({ record }) => record);
}

async function medianOf(name: string, norm: Norm, options: Record<string, unknown> = {}): Promise<number> {
  const found = (await run(name, norm, 1, options)).map(({ smallest = Infinity }) => smallest).sort((a, b) => a - b);
  expect(found.at(-1)).toBeLessThan(Infinity);
  return found[found.length >> 1]!;
}

const brokenBy = async (...given: Parameters<typeof run>) => (await run(...given)).filter(({ outcome }) => outcome === 'broken').length;

describe('smallest perturbations from labels alone', () => {
  test.each([
    { name: 'hopskipjump', norm: 'l2', reference: 'ddn', factor: 1.3, queries: 1500 },
    { name: 'hopskipjump', norm: 'linf', reference: 'fmn', factor: 1.5, queries: 1500 },
    { name: 'boundary', norm: 'l2', reference: 'ddn', factor: 1.5, queries: 2500 },
  ] as const)('the median of $name in $norm is at most $factor times that of $reference', async ({ name, norm, reference, factor, queries }) => {
    const [ours, theirs] = [await medianOf(name, norm, { queries }), await medianOf(reference, norm)];
    expect(ours / theirs).toBeLessThan(factor);
    expect(ours / theirs).toBeGreaterThan(0.9);
  });

  test('salt and pepper finds something everywhere, in no fewer values than FMN', async () => {
    expect(await medianOf('salt-and-pepper', 'l0')).toBeGreaterThanOrEqual(await medianOf('fmn', 'l0'));
  });
});

test('SPSA breaks at least nine tenths of what PGD breaks', async () => {
  const [ours, theirs] = [await brokenBy('spsa', 'linf', 0.12, { steps: 20 }), await brokenBy('pgd', 'linf', 0.12)];
  expect(theirs).toBeGreaterThan(5);
  expect(ours).toBeGreaterThanOrEqual(0.9 * theirs);
});

test('one-pixel breaks more the more pixels it has', async () => {
  const options = { population: 50, generations: 10 };
  const [one, four] = [await brokenBy('one-pixel', 'l0', 4, { ...options, pixels: 1 }), await brokenBy('one-pixel', 'l0', 4, options)];
  expect(one).toBeGreaterThan(0);
  expect(four).toBeGreaterThan(one);
});

test('one-pixel counts every channel of a pixel, and refuses an epsilon below them in one line', async () => {
  const colour = { ...oracle, inputShape: [4, 4, 4] };
  const run = outcomes(attacks['one-pixel']!, colour, examples.slice(0, 1), { norm: 'l0', epsilon: 3 });
  await expect(run).rejects.toThrow('one-pixel: expected an L0 epsilon of at least 4, the channels of a pixel, found 3');
  const [outcome] = await outcomes(attacks['one-pixel']!, colour, examples.slice(0, 1), { norm: 'l0', epsilon: 9, options: { population: 10, generations: 3 } });
  expect(outcome!.record.distances!.l0).toBeLessThanOrEqual(8);
  expect(outcome!.record.distances!.l0).toBeGreaterThan(3);
});
