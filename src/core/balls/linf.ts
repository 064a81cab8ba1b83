import type { BallMaths, Region } from '../ball.ts';
import { neighbour } from '../float32.ts';
import { load, type Surroundings } from '../vector.ts';

/** Every coordinate within epsilon: with the box an interval per coordinate, so that projecting is clipping. */
export function linfBall(region: Region): BallMaths {
  const { epsilon, x } = region;
  const interval = intervalOf(region);

  function project(point: Float32Array): void {
    const vectors = load(point, interval);
    vectors.run.clip();
    point.set(vectors.point);
  }

  function step(point: Float32Array, gradient: Float32Array, length: number): void {
    const vectors = load(point, interval);
    vectors.gradient.set(gradient);
    vectors.run.signStep(length);
    point.set(vectors.point);
  }

  return {
    glide(point, before, gradient, length, share) {
      const vectors = load(point, interval);
      vectors.gradient.set(gradient);
      vectors.before.set(before);
      vectors.run.glide(length, share);
      before.set(vectors.before);
    },
    sample(random) {
      const point = x.slice();
      for (let i = 0; i < point.length; i++) point[i] = (point[i] as number) + epsilon * (2 * random.uniform() - 1);
      project(point);
      return point;
    },
    step,
    project,
    extreme(gradient) {
      const point = x.slice();
      step(point, gradient, epsilon);
      return point;
    },
  };
}

/** Narrows the region's own box: a scan makes one for every example. */
function intervalOf(region: Region): Surroundings {
  const { epsilon, x, lower, upper } = region;
  const vectors = load(x, region);
  const { run, sums } = vectors;
  run.lowerWithin(epsilon);
  let missed = sums[0] as number;
  run.upperWithin(epsilon);
  missed += sums[0] as number;
  if (missed > 0) return searched(region);
  lower.set(vectors.lower);
  upper.set(vectors.upper);
  return { lower, upper };
}

/** The same next to 0, where the last digit of a float32 is no longer a share of it. */
function searched({ epsilon, x, lower, upper }: Region): Surroundings {
  for (let i = 0; i < x.length; i++) {
    const centre = x[i] as number;
    lower[i] = Math.max(lower[i] as number, farthest(centre, -epsilon));
    upper[i] = Math.min(upper[i] as number, farthest(centre, epsilon));
  }
  return { lower, upper };
}

/** The float32 closest to centre + way that is not farther off, measured in float64. */
function farthest(centre: number, way: number): number {
  let reached = Math.fround(centre + way);
  while (Math.abs(reached - centre) > Math.abs(way)) reached = neighbour(reached, centre);
  return reached;
}
