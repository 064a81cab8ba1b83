import type { BallMaths, Region } from '../ball.ts';
import { floorFloat32, neighbour } from '../float32.ts';
import { clip, signStep } from '../vector.ts';

/** Every coordinate within epsilon: with the box an interval per coordinate, so that projecting is clipping. */
export function linfBall({ epsilon, x, ...box }: Region): BallMaths {
  const upper = x.map((value, i) => Math.min(box.upper[i] as number, farthest(value, epsilon)));
  const lower = x.map((value, i) => Math.max(box.lower[i] as number, -farthest(-value, epsilon)));
  return {
    sample(random) {
      const point = x.map((value) => value + epsilon * (2 * random.uniform() - 1));
      clip(point, lower, upper);
      return point;
    },
    step: (point, gradient, length) => signStep(point, gradient, length, lower, upper),
    project: (point) => clip(point, lower, upper),
    extreme(gradient) {
      const point = x.slice();
      signStep(point, gradient, epsilon, lower, upper);
      return point;
    },
  };
}

/** The greatest float32 at most epsilon above the value, measured in float64. */
function farthest(value: number, epsilon: number): number {
  let reached = floorFloat32(value + epsilon);
  while (reached - value > epsilon) reached = neighbour(reached, value);
  return reached;
}
