import type { Region } from '../ball.ts';
import { scaleWithin } from '../vector.ts';

/** The share of the budget a projection gives up beforehand, so that rounding to float32 seldom needs a second pass. */
export const roundingLoss = 2 ** -22;

/** Moves a point that rounding put outside the ball towards x, until its float64 distance is at most epsilon. */
export function shrinkUntilWithin(
  { epsilon, x, lower, upper }: Region,
  point: Float32Array,
  distance: (a: Float32Array, b: Float32Array) => number,
): void {
  let loss = roundingLoss;
  for (let size = distance(point, x); size > epsilon; size = distance(point, x)) {
    scaleWithin(point, x, Math.max(0, (epsilon / size) * (1 - loss)), lower, upper);
    loss *= 16;
  }
}
