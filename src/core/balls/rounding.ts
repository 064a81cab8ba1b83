import type { Vectors } from '../vector.ts';

/** The share of the budget a projection gives up beforehand, so that rounding to float32 seldom needs a second pass. */
export const roundingLoss = 2 ** -22;

/** Moves a point that rounding put outside the ball towards x, until its float64 distance is at most epsilon. */
export function shrinkUntilWithin(epsilon: number, vectors: Vectors, distance: (vectors: Vectors) => number): void {
  let loss = roundingLoss;
  for (let size = distance(vectors); size > epsilon; size = distance(vectors)) {
    vectors.run.scale(Math.max(0, (epsilon / size) * (1 - loss)));
    loss *= 16;
  }
}
