import type { Norm } from './norms.ts';
import type { Random } from './random.ts';

/**
 * The points an attack may return: within epsilon of x in one norm, and inside the box. One per example.
 * Every method keeps float32 points; `point` arguments are changed in place.
 */
export interface Ball {
  readonly norm: Norm;
  readonly epsilon: number;
  readonly x: Float32Array;
  /** A random point of the ball, clipped to the box. Linf: uniform per coordinate. L2, L1: uniform in the ball. */
  sample(random: Random): Float32Array;
  /** One step of steepest ascent of the given length in this norm, then back into ball and box. */
  step(point: Float32Array, gradient: Float32Array, length: number): void;
  /** The nearest point of ball ∩ box. */
  project(point: Float32Array): void;
  /** The single-step attack: as far as the budget allows along the gradient, from x. Returns a new point. */
  extreme(gradient: Float32Array): Float32Array;
}
