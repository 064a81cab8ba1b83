import { boxAround, type Region } from '../../src/core/ball.ts';
import type { AttackContext } from '../../src/core/attack.ts';
import { UserError } from '../../src/core/errors.ts';

/** An example as an image: values from 0, the box's lower end, to 1, its upper one, row-major [height, width, channels]. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/** The example as an image, [H, W, C] or [H, W]; others are refused. */
export function imageOf(attack: string, { x, shape, bounds }: AttackContext): Image {
  const [height, width, channels = 1] = shape;
  if (shape.length > 3 || height === undefined || width === undefined)
    throw new UserError(`${attack}: expected images [height, width, channels], found examples of [${shape.join(', ')}]`);
  const { lower, upper } = boxAround(x, bounds);
  const values = x.map((value, i) => (value - (lower[i] as number)) / ((upper[i] as number) - (lower[i] as number) || 1));
  return { height, width, channels, values };
}

/** The way back: a point in the box, clipped to it. */
export function pointOf(values: Float32Array, { lower, upper }: Pick<Region, 'lower' | 'upper'>): Float32Array {
  return values.map((value, i) => (lower[i] as number) + Math.min(1, Math.max(0, value)) * ((upper[i] as number) - (lower[i] as number)));
}
