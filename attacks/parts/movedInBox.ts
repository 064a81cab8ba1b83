import type { Region } from '../../src/core/ball.ts';

/** from + length · direction, clipped to the box. */
export function movedInBox(from: Float32Array, direction: ArrayLike<number>, length: number, { lower, upper }: Pick<Region, 'lower' | 'upper'>): Float32Array {
  const point = new Float32Array(from.length);
  for (let i = 0; i < point.length; i++) {
    const wanted = (from[i] as number) + length * (direction[i] as number);
    point[i] = Math.min(Math.max(wanted, lower[i] as number), upper[i] as number);
  }
  return point;
}
