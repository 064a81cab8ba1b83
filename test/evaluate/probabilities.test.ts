import { expect, test } from 'vitest';
import { givesProbabilities } from '../../src/evaluate/probabilities.ts';
import { linearOracle } from './linearOracle.ts';

/** Three points at two per batch: the last batch is half full. */
const points = Float32Array.of(0.25, 0.75, 1, 0, 0.5, 0.5);
const [identity, doubled] = [1, 2].map((scale) => linearOracle([[scale, 0], [0, scale]], 2));

test('outputs that are distributions are probabilities; others are logits, even if it is one row only', async () => {
  expect(await givesProbabilities(identity!, points)).toBe(true);
  expect(await givesProbabilities(doubled!, points)).toBe(false);
  expect(await givesProbabilities(identity!, Float32Array.of(0.25, 0.75, 1, 0, 0.5, 0.6))).toBe(false);
  expect(await givesProbabilities(identity!, Float32Array.of(0.25, 0.75, 1, 0, -0.5, 1.5))).toBe(false);
});
