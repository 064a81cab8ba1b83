import type { Ball } from '../../src/core/ball.ts';
import { distances } from '../../src/core/norms.ts';

/** The point this far from the ball's centre in its norm, along a direction, brought into ball and box. */
export function away(ball: Ball, direction: Float32Array, length: number): Float32Array {
  const size = distances(direction, new Float32Array(direction.length))[ball.norm];
  const scale = size > 0 ? length / size : 0;
  const point = ball.x.map((value, i) => value + scale * (direction[i] as number));
  ball.project(point);
  return point;
}
