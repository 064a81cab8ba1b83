import type { Norm } from '../../src/core/norms.ts';

interface Box {
  readonly lower: Float32Array;
  readonly upper: Float32Array;
}

/**
 * The Euclidean distance from a point to ball ∩ box in float64, found without the closed forms under test: Dykstra's
 * alternating projections for the convex norms, every support set for L0.
 */
export function nearestByBruteForce(norm: Norm, epsilon: number, x: Float32Array, box: Box, point: Float32Array): number {
  const wanted = Array.from(point, (value, i) => value - x[i]!);
  const clipToBox = (d: readonly number[]) => d.map((value, i) => Math.min(Math.max(value, box.lower[i]! - x[i]!), box.upper[i]! - x[i]!));
  const nearest = norm === 'l0' ? bestSupport(epsilon, wanted, clipToBox) : dykstra(wanted, (d) => ontoBall[norm](d, epsilon), clipToBox);
  return Math.hypot(...nearest.map((value, i) => value - wanted[i]!));
}

type Projection = (d: readonly number[]) => number[];

/** Boyle and Dykstra 1986: converges to the nearest point of the intersection of two convex sets. */
function dykstra(wanted: readonly number[], first: Projection, second: Projection): number[] {
  let z = [...wanted];
  let p = z.map(() => 0);
  let q = z.map(() => 0);
  for (let round = 0; round < 5000; round++) {
    const before = z;
    const u = z.map((value, i) => value + p[i]!);
    const y = first(u);
    p = u.map((value, i) => value - y[i]!);
    const w = y.map((value, i) => value + q[i]!);
    z = second(w);
    q = w.map((value, i) => value - z[i]!);
    const change = Math.max(...z.map((value, i) => Math.max(Math.abs(value - before[i]!), Math.abs(value - y[i]!))));
    if (change < 1e-12) break;
  }
  return z;
}

const ontoBall: Record<Exclude<Norm, 'l0'>, (d: readonly number[], epsilon: number) => number[]> = {
  linf: (d, epsilon) => d.map((value) => Math.min(Math.max(value, -epsilon), epsilon)),
  l2: (d, epsilon) => d.map((value) => value * Math.min(1, epsilon / Math.hypot(...d))),
  /** Duchi et al. 2008: sorted, then the last coordinate that stays above zero gives the threshold. */
  l1(d, epsilon) {
    if (d.reduce((sum, value) => sum + Math.abs(value), 0) <= epsilon) return [...d];
    const sorted = d.map(Math.abs).sort((a, b) => b - a);
    let sum = 0;
    let threshold = 0;
    sorted.forEach((value, i) => {
      sum += value;
      if (value > (sum - epsilon) / (i + 1)) threshold = (sum - epsilon) / (i + 1);
    });
    return d.map((value) => Math.sign(value) * Math.max(0, Math.abs(value) - threshold));
  },
};

function bestSupport(most: number, wanted: readonly number[], clipToBox: Projection): number[] {
  const clipped = clipToBox(wanted);
  const distance = (z: readonly number[]) => Math.hypot(...z.map((value, i) => value - wanted[i]!));
  let best = wanted.map(() => 0);
  for (let support = 0; support < 2 ** wanted.length; support++) {
    const chosen = clipped.map((value, i) => ((support >> i) & 1 ? value : 0));
    if (chosen.filter((_, i) => (support >> i) & 1).length <= most && distance(chosen) < distance(best)) best = chosen;
  }
  return best;
}
