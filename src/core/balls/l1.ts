import type { BallMaths, Region } from '../ball.ts';
import { kthLargest } from '../select.ts';
import { clip, distance1, measureShrunk, shrinkWithin } from '../vector.ts';
import { roundingLoss, shrinkUntilWithin } from './rounding.ts';

/** The share of coordinates that SLIDE moves in one step. */
const sparsity = 0.01;

/** Sum of the changes within epsilon. Steps are SLIDE's, projections exact on L1 ∩ box. */
export function l1Ball(region: Region): BallMaths {
  const { epsilon, x, lower, upper, projection } = region;
  const scores = new Float32Array(x.length);
  const ranked = new Float32Array(x.length);
  const searched = projection === 'exact' ? region : withoutBox(region);

  function project(point: Float32Array): void {
    const threshold = thresholdOfNearest(searched, point);
    if (threshold === 0) return clip(point, lower, upper);
    shrinkWithin(point, x, threshold, lower, upper);
    shrinkUntilWithin(region, point, distance1);
  }

  return {
    sample(random) {
      // |δ|/epsilon as n of n + 1 exponentials over their sum is uniform in the ball (Barthe et al. 2005, p = 1).
      const point = x.map(() => -Math.log(1 - random.uniform()));
      const sum = point.reduce((total, value) => total + value, -Math.log(1 - random.uniform()));
      point.forEach((value, i) => (point[i] = (x[i] as number) + (random.uniform() < 0.5 ? -1 : 1) * (epsilon * value) / sum));
      clip(point, lower, upper);
      shrinkUntilWithin(region, point, distance1);
      return point;
    },
    /**
     * SLIDE, arXiv:1904.13000: the length is shared by the coordinates of the largest gradients that the box does
     * not stop.
     */
    step(point, gradient, length) {
      for (let i = 0; i < point.length; i++) scores[i] = pull(gradient[i] as number, point[i] as number, i);
      ranked.set(scores);
      const least = kthLargest(ranked, Math.ceil(sparsity * x.length));
      const chosen = (score: number) => score >= least && score > 0;
      const count = scores.reduce((sum, score) => sum + Number(chosen(score)), 0);
      if (count === 0) return;
      for (let i = 0; i < point.length; i++)
        if (chosen(scores[i] as number)) point[i] = (point[i] as number) + (length / count) * Math.sign(gradient[i] as number);
      project(point);
    },
    project,
    extreme: (gradient) => greedy(region, gradient),
  };

  /** The size of the gradient, or 0 where the coordinate cannot follow it. */
  function pull(g: number, at: number, i: number): number {
    return Math.abs(g) * Number(g > 0 ? at < (upper[i] as number) : at > (lower[i] as number));
  }
}

/**
 * The nearest point of L1 ball ∩ box (arXiv:2103.01208) is x + clip(soft(d, λ), lower − x, upper − x) with
 * d = point − x: returns the λ at which the changes sum to epsilon, or 0. The sum is piecewise linear and falling in
 * λ, with slope −(number of coordinates neither zero nor held by the box): Newton, kept inside a bracket, ends on the
 * exact root once it steps within one piece, so nothing is sorted.
 */
function thresholdOfNearest({ epsilon, x, lower, upper }: Region, point: Float32Array): number {
  const remains = { total: 0, free: 0 };
  measureShrunk(point, x, 0, lower, upper, remains);
  if (remains.total <= epsilon) return 0;
  const budget = epsilon * (1 - roundingLoss);
  let low = 0;
  let high = point.reduce((most, value, i) => Math.max(most, Math.abs(value - (x[i] as number))), 0);
  let threshold = 0;
  for (;;) {
    const excess = remains.total - budget;
    if (excess > 0) low = threshold;
    else high = threshold;
    const newton = threshold + excess / remains.free;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(excess) <= 1e-12 * epsilon || next <= low || next >= high) return threshold;
    threshold = next;
    measureShrunk(point, x, threshold, lower, upper, remains);
  }
}

function withoutBox(region: Region): Region {
  const { length } = region.x;
  return { ...region, lower: new Float32Array(length).fill(-Infinity), upper: new Float32Array(length).fill(Infinity) };
}

/** The maximiser of gradient·δ over L1 ball ∩ box: the largest gradients first, each as far as the box goes. */
function greedy(region: Region, gradient: Float32Array): Float32Array {
  const { epsilon, x, lower, upper } = region;
  const point = x.slice();
  const order = Array.from(gradient.keys()).sort((a, b) => Math.abs(gradient[b] as number) - Math.abs(gradient[a] as number));
  let left = epsilon;
  for (const i of order) {
    const g = gradient[i] as number;
    const centre = x[i] as number;
    if (left <= 0 || g === 0) break;
    const room = g > 0 ? (upper[i] as number) - centre : centre - (lower[i] as number);
    const used = Math.min(left, room);
    point[i] = centre + Math.sign(g) * used;
    left -= used;
  }
  clip(point, lower, upper);
  shrinkUntilWithin(region, point, distance1);
  return point;
}
