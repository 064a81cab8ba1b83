import type { BallMaths, Region } from '../ball.ts';
import type { Random } from '../random.ts';
import { kthLargest } from '../select.ts';
import { load, type Vectors } from '../vector.ts';
import { roundingLoss, shrinkUntilWithin } from './rounding.ts';

/** The share of coordinates that SLIDE moves in one step. */
const slideSparsity = 0.01;

/** Sum of the changes within epsilon. Steps are SLIDE's, projections exact on L1 ∩ box (arXiv:2103.01208). */
export function l1Ball(region: Region): BallMaths {
  const { epsilon, x } = region;
  const searched = region.projection === 'exact' ? region : withoutBox(region);
  const ranked = new Float32Array(x.length);

  function project(point: Float32Array): void {
    const threshold = thresholdOfNearest(epsilon, load(point, searched));
    const vectors = load(point, region);
    vectors.run.shrink(threshold);
    shrinkUntilWithin(epsilon, vectors, distance);
    point.set(vectors.point);
  }

  function clip(point: Float32Array): Float32Array {
    const vectors = load(point, region);
    vectors.run.clip();
    shrinkUntilWithin(epsilon, vectors, distance);
    point.set(vectors.point);
    return point;
  }

  return {
    /** n of n + 1 exponentials, over their sum: uniform in the ball (Barthe et al. 2005, p = 1). */
    sample(random) {
      const sizes = new Float64Array(x.length);
      let sum = exponential(random);
      for (let i = 0; i < sizes.length; i++) sum += sizes[i] = exponential(random);
      const point = x.slice();
      for (let i = 0; i < point.length; i++) {
        const size = (epsilon * (sizes[i] as number)) / sum;
        point[i] = (point[i] as number) + (random.uniform() < 0.5 ? -size : size);
      }
      return clip(point);
    },
    /**
     * SLIDE, arXiv:1904.13000: the coordinates with the largest gradients, of those that the box does not stop, share
     * the length.
     */
    step(point, gradient, length, sparsity = slideSparsity) {
      const vectors = load(point, region);
      const { run, sums } = vectors;
      vectors.gradient.set(gradient);
      run.pull();
      ranked.set(vectors.pull);
      const least = Math.max(kthLargest(ranked, Math.max(1, Math.ceil(sparsity * x.length))), Number.MIN_VALUE);
      run.countPulled(least);
      const count = sums[0] as number;
      if (count > 0) run.movePulled(least, length / count);
      point.set(vectors.point);
      project(point);
    },
    project,
    extreme: (gradient) => clip(greedy(region, gradient)),
  };
}

function exponential(random: Random): number {
  return -Math.log(1 - random.uniform());
}

function distance({ run, sums }: Vectors): number {
  run.absolutes();
  return sums[0] as number;
}

/**
 * The nearest point of ball ∩ box is x + clip(soft(d, λ), lower − x, upper − x) with d = point − x and soft moving
 * each coordinate by λ towards 0: returns the λ at which the changes sum to epsilon, or 0. The sum is piecewise
 * linear and falls in λ, with slope −(number of coordinates that neither 0 nor the box holds): Newton, kept inside a
 * bracket, is exact once it steps within one piece, so nothing is sorted.
 */
function thresholdOfNearest(epsilon: number, { point, x, run, sums }: Vectors): number {
  const budget = epsilon * (1 - roundingLoss);
  run.measureShrunk(0);
  if ((sums[0] as number) <= epsilon) return 0;
  let low = 0;
  let high = 0;
  for (let i = 0; i < point.length; i++) high = Math.max(high, Math.abs((point[i] as number) - (x[i] as number)));
  for (let threshold = 0; ; run.measureShrunk(threshold)) {
    const excess = (sums[0] as number) - budget;
    if (excess > 0) low = threshold;
    else high = threshold;
    const newton = threshold + excess / (sums[1] as number);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(excess) <= 1e-12 * epsilon || next <= low || next >= high) return threshold;
    threshold = next;
  }
}

function withoutBox(region: Region): Region {
  const { length } = region.x;
  return { ...region, lower: new Float32Array(length).fill(-Infinity), upper: new Float32Array(length).fill(Infinity) };
}

/** The maximiser of gradient·δ over L1 ball ∩ box: the largest gradients first, each as far as the box goes. */
function greedy({ epsilon, x, lower, upper }: Region, gradient: Float32Array): Float32Array {
  const point = x.slice();
  const sizes = gradient.map(Math.abs);
  const order = Array.from(sizes.keys()).sort((a, b) => (sizes[b] as number) - (sizes[a] as number));
  let left = epsilon;
  for (const i of order) {
    const way = Math.sign(gradient[i] as number);
    if (left <= 0 || way === 0) break;
    const centre = x[i] as number;
    const used = Math.min(left, Math.abs((way > 0 ? upper : lower)[i] as number - centre));
    point[i] = centre + way * used;
    left -= used;
  }
  return point;
}
