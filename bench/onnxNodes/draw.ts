import type { Random } from '../../src/core/random.ts';
import { sizeOf, type Shape } from '../../src/graph/broadcast.ts';
import type { Tensor } from '../../src/graph/check.ts';

export const between = (random: Random, least: number, most: number): number => least + random.integer(most - least + 1);
export const chance = (random: Random, share: number): boolean => random.uniform() < share;
export const oneOf = <T>(random: Random, from: readonly T[]): T => from[random.integer(from.length)] as T;
export const each = <T>(count: number, draw: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => draw(i));
export const shapeOf = (random: Random, rank: number): number[] => each(rank, () => between(random, 1, 4));

/** One that broadcasts to `shape`. */
export const narrower = (random: Random, shape: Shape): number[] =>
  shape.slice(between(random, 0, shape.length)).map((n) => (chance(random, 0.4) ? 1 : n));

export type Kind = 'float32' | 'int32' | 'int64' | 'bool';

/** Numbers in [low, high]. */
export function tensorOf(random: Random, shape: Shape, kind: Kind = 'float32', low = -3, high = 3): Tensor {
  const size = sizeOf(shape);
  const whole = () => between(random, Math.ceil(low), Math.floor(high));
  const data = {
    float32: () => Float32Array.from({ length: size }, () => low + (high - low) * random.uniform()),
    int32: () => Int32Array.from({ length: size }, whole),
    int64: () => BigInt64Array.from(each(size, whole), BigInt),
    bool: () => Uint8Array.from({ length: size }, () => random.integer(2)),
  }[kind]();
  return { data, shape, dtype: kind };
}
