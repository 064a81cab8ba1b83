import type { BallMaths, Region } from '../ball.ts';
import { load, type Vectors } from '../vector.ts';
import { roundingLoss, shrinkUntilWithin } from './rounding.ts';

/** Euclidean distance within epsilon. Steps follow the normalised gradient. */
export function l2Ball(region: Region): BallMaths {
  const { epsilon, x } = region;
  const scaleBack = region.projection === 'exact' ? scaleOfNearest : scaleOntoBall;

  function project(vectors: Vectors): void {
    const scale = scaleBack(epsilon, vectors);
    if (scale >= 1) return clip(vectors);
    vectors.run.scale(scale * (1 - roundingLoss));
    shrinkUntilWithin(epsilon, vectors, distance);
  }

  function clip(vectors: Vectors): void {
    vectors.run.clip();
    shrinkUntilWithin(epsilon, vectors, distance);
  }

  function advance(point: Float32Array, gradient: Float32Array, length: number, comeBack: (vectors: Vectors) => void): void {
    const vectors = load(point, region);
    vectors.gradient.set(gradient);
    move(vectors, length);
    comeBack(vectors);
    point.set(vectors.point);
  }

  return {
    sample(random) {
      const direction = x.slice();
      for (let i = 0; i < direction.length; i++) direction[i] = random.normal();
      const point = x.slice();
      advance(point, direction, epsilon * random.uniform() ** (1 / x.length), clip);
      return point;
    },
    step: (point, gradient, length) => advance(point, gradient, length, project),
    glide(point, before, gradient, length, share) {
      const vectors = load(point, region);
      vectors.gradient.set(gradient);
      vectors.before.set(before);
      vectors.run.recoil(1 - share);
      move(vectors, length);
      project(vectors);
      vectors.run.blend(share);
      project(vectors);
      before.set(vectors.point);
    },
    project(point) {
      const vectors = load(point, region);
      project(vectors);
      point.set(vectors.point);
    },
    extreme(gradient) {
      const point = x.slice();
      advance(point, gradient, epsilon, clip);
      return point;
    },
  };
}

/** Along the gradient by a length; a zero gradient stays. */
function move({ run, sums }: Vectors, length: number): void {
  run.gradientSquares();
  const size = Math.sqrt(sums[0] as number);
  if (size > 0) run.move(length / size);
}

function distance({ run, sums }: Vectors): number {
  run.squares();
  return Math.sqrt(sums[0] as number);
}

function scaleOntoBall(epsilon: number, vectors: Vectors): number {
  const size = distance(vectors);
  return size > epsilon ? epsilon / size : 1;
}

/**
 * The nearest point of ball ∩ box is x + clip(t·d, lower − x, upper − x) with d = point − x (the KKT conditions; t =
 * 1 / (1 + multiplier)): returns the t in (0, 1] at which that has length epsilon, or 1. With the coordinates that
 * the box holds fixed, t follows in closed form; from below it only grows, and more and more are held, so that a few
 * rounds reach the exact t.
 */
function scaleOfNearest(epsilon: number, vectors: Vectors): number {
  const { run, sums } = vectors;
  const budget = epsilon * epsilon;
  let t = 0;
  let next = scaleOntoBall(epsilon, vectors);
  while (next > t * (1 + 1e-12)) {
    t = Math.min(1, next);
    if (t === 1) return 1;
    run.measureScaled(t);
    const [total, free] = [sums[0] as number, sums[1] as number];
    next = t * Math.sqrt((budget - (total - free)) / free);
  }
  return t;
}
