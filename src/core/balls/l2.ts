import type { BallMaths, Region } from '../ball.ts';
import { addScaled, clip, distance2, length2, measureScaled, scaleWithin } from '../vector.ts';
import { roundingLoss, shrinkUntilWithin } from './rounding.ts';

/** Euclidean distance within epsilon. Steps follow the normalised gradient. */
export function l2Ball(region: Region): BallMaths {
  const { epsilon, x, lower, upper, projection } = region;

  function project(point: Float32Array): void {
    const scale = projection === 'exact' ? scaleOfNearest(region, point) : Math.min(1, epsilon / distance2(point, x));
    if (scale >= 1) return clip(point, lower, upper);
    scaleWithin(point, x, scale * (1 - roundingLoss), lower, upper);
    shrinkUntilWithin(region, point, distance2);
  }

  /** Zero gradients stay: 0 / 0 is never formed. */
  function move(point: Float32Array, gradient: Float32Array, length: number): void {
    const size = length2(gradient);
    if (size > 0) addScaled(point, length / size, gradient);
  }

  return {
    sample(random) {
      const point = x.map(() => random.normal());
      const radius = epsilon * random.uniform() ** (1 / x.length);
      const scale = radius / length2(point);
      point.forEach((normal, i) => (point[i] = (x[i] as number) + scale * normal));
      clip(point, lower, upper);
      shrinkUntilWithin(region, point, distance2);
      return point;
    },
    step(point, gradient, length) {
      move(point, gradient, length);
      project(point);
    },
    project,
    extreme(gradient) {
      const point = x.slice();
      move(point, gradient, epsilon);
      clip(point, lower, upper);
      shrinkUntilWithin(region, point, distance2);
      return point;
    },
  };
}

/**
 * The nearest point of ball ∩ box is x + clip(t·d, lower − x, upper − x) with d = point − x (the KKT conditions; t =
 * 1 / (1 + multiplier)): returns the t in (0, 1] at which that has length epsilon, or 1. With the coordinates that
 * the box holds fixed, t follows in closed form; from below it only grows, and more and more are held, so that a few
 * rounds reach the exact t.
 */
function scaleOfNearest({ epsilon, x, lower, upper }: Region, point: Float32Array): number {
  const remains = { total: 0, free: 0 };
  measureScaled(point, x, 1, lower, upper, remains);
  const budget = epsilon * epsilon;
  if (remains.total <= budget) return 1;
  let t = 0;
  let next = epsilon / distance2(point, x);
  while (next > t * (1 + 1e-12) && next < 1) {
    t = next;
    measureScaled(point, x, t, lower, upper, remains);
    next = t * Math.sqrt((budget - (remains.total - remains.free)) / remains.free);
  }
  return t;
}
