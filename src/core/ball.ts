import { l0Ball } from './balls/l0.ts';
import { l1Ball } from './balls/l1.ts';
import { l2Ball } from './balls/l2.ts';
import { linfBall } from './balls/linf.ts';
import type { Bounds } from './bounds.ts';
import { ceilFloat32, floorFloat32 } from './float32.ts';
import type { Norm } from './norms.ts';
import type { Random } from './random.ts';

/**
 * The points an attack may return: within epsilon of x in one norm, and inside the box. One per example.
 * Every method keeps float32 points whose float64 distance to x does not exceed epsilon; `point` arguments are changed
 * in place. A zero gradient moves nothing.
 */
export interface Ball {
  readonly norm: Norm;
  readonly epsilon: number;
  readonly x: Float32Array;
  /** A random point of the ball, clipped to the box. Linf: uniform per coordinate. L2, L1: uniform in the ball. */
  sample(random: Random): Float32Array;
  /**
   * One step of steepest ascent of the given length in this norm, then back into ball and box. In L1 only a share of the
   * coordinates moves, by default SLIDE's 1 %.
   */
  step(point: Float32Array, gradient: Float32Array, length: number, sparsity?: number): void;
  /**
   * APGD's step, arXiv:2003.01690: from `point` this share of a step, the rest on from where `before` came. Overwrites
   * `before`, the point one step ago, with the point to come.
   */
  glide(point: Float32Array, before: Float32Array, gradient: Float32Array, length: number, share: number): void;
  /** The nearest point of ball ∩ box. */
  project(point: Float32Array): void;
  /** The single-step attack: as far as the budget allows along the gradient, from x. Returns a new point. */
  extreme(gradient: Float32Array): Float32Array;
  /** The same ball with another way back into it. */
  projecting(projection: Projection): Ball;
}

/**
 * How a point comes back into ball ∩ box. `exact`: to the nearest point, which spends the whole budget. `clip`: onto
 * the ball alone and then into the box, as Foolbox, torchattacks and AutoAttack do.
 */
export const projections = ['exact', 'clip'] as const;
export type Projection = (typeof projections)[number];

/** What a norm's file needs of an example, for itself. `lower` ≤ x ≤ `upper` is the box, per coordinate. */
export interface Region {
  readonly epsilon: number;
  readonly x: Float32Array;
  readonly lower: Float32Array;
  readonly upper: Float32Array;
  readonly projection: Projection;
}

export type BallMaths = Pick<Ball, 'sample' | 'step' | 'project' | 'extreme'> & Partial<Pick<Ball, 'glide'>>;

const balls: Record<Norm, (region: Region) => BallMaths> = { linf: linfBall, l2: l2Ball, l1: l1Ball, l0: l0Ball };

/** The ball of one example. */
export function ballOf({ norm, epsilon, x, bounds, projection = 'exact' }: {
  readonly norm: Norm;
  readonly epsilon: number;
  readonly x: Float32Array;
  readonly bounds: Bounds;
  readonly projection?: Projection;
}): Ball {
  const maths = balls[norm]({ epsilon, x, ...boxAround(x, bounds), projection });
  const ball: Ball = {
    norm,
    epsilon,
    x,
    glide: glideBy(maths),
    ...maths,
    projecting: (other) => (other === projection ? ball : ballOf({ norm, epsilon, x, bounds, projection: other })),
  };
  return ball;
}

function glideBy({ step, project }: BallMaths): Ball['glide'] {
  return (point, before, gradient, length, share) => {
    const stepped = point.slice();
    step(stepped, gradient, length);
    for (let i = 0; i < point.length; i++) {
      const at = point[i] as number;
      before[i] = at + share * ((stepped[i] as number) - at) + (1 - share) * (at - (before[i] as number));
    }
    project(before);
  };
}

/** The box in float32, rounded inwards, but never so far that x itself lies outside. */
export function boxAround(x: Float32Array, bounds: Bounds): Pick<Region, 'lower' | 'upper'> {
  const lower = spread(bounds.lower, x.length, ceilFloat32);
  const upper = spread(bounds.upper, x.length, floorFloat32);
  for (let i = 0; i < x.length; i++) {
    lower[i] = Math.min(lower[i] as number, x[i] as number);
    upper[i] = Math.max(upper[i] as number, x[i] as number);
  }
  return { lower, upper };
}

function spread(bound: number | Float32Array, size: number, round: (v: number) => number): Float32Array {
  return typeof bound === 'number' ? new Float32Array(size).fill(round(bound)) : bound.slice();
}
