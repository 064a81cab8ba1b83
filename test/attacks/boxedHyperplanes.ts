import type { Norm } from '../../src/core/norms.ts';
import { randomOf } from '../../src/core/random.ts';
import type { Example } from '../../src/evaluate/example.ts';

/** One coordinate on the way to the boundary: what it brings per unit, and how far the box lets it go. */
interface Pull {
  readonly slope: number;
  readonly room: number;
}

/** The coordinates of x in [0, 1], for a margin of w·x + b that is to fall. */
export function pullsOf(w: readonly number[], x: Float32Array): Pull[] {
  return w.map((weight, i) => ({ slope: Math.abs(weight), room: weight > 0 ? x[i]! : 1 - x[i]! }));
}

/** The least change inside the box that brings a margin to 0; in L0, below it. */
export const distanceInBox: Record<Norm, (pulls: readonly Pull[], margin: number) => number> = {
  linf: (pulls, margin) => root((epsilon) => total(pulls, ({ slope, room }) => slope * Math.min(epsilon, room)) - margin),
  // A multiple of w wherever the box lets it.
  l2(pulls, margin) {
    const change = (scale: number) => ({ slope, room }: Pull) => Math.min(scale * slope, room);
    const scale = root((one) => total(pulls, (pull) => pull.slope * change(one)(pull)) - margin);
    return Math.sqrt(total(pulls, (pull) => change(scale)(pull) ** 2));
  },
  l1(pulls, margin) {
    let [left, length] = [margin, 0];
    for (const { slope, room } of pulls.toSorted((a, b) => b.slope - a.slope)) {
      const used = Math.min(room, left / slope);
      [left, length] = [left - used * slope, length + used];
    }
    return length;
  },
  l0(pulls, margin) {
    let left = margin;
    const gains = pulls.map(({ slope, room }) => slope * room).toSorted((a, b) => b - a);
    return 1 + gains.findIndex((gain) => (left -= gain) < 0);
  },
};

/** Hyperplanes of one direction, and for each a point with half of its coordinates on faces of the box. */
export function boxedHyperplanes(norm: Norm, size: number): { w: number[]; cases: { example: Example; b: number; distance: number }[] } {
  const stream = randomOf(7, norm);
  const w = Array.from({ length: size }, () => Math.fround(stream.normal()));
  const cases = Array.from({ length: 10 }, (_, id) => {
    const x = Float32Array.from({ length: size }, () => Math.min(1, Math.max(0, 2 * stream.uniform() - 0.5)));
    const pulls = pullsOf(w, x);
    const wx = w.reduce((sum, weight, i) => sum + weight * x[i]!, 0);
    const b = Math.fround((0.2 + 0.3 * stream.uniform()) * total(pulls, ({ slope, room }) => slope * room) - wx);
    return { example: { id, x, y: 0 }, b, distance: distanceInBox[norm](pulls, wx + b) };
  });
  return { w, cases };
}

function total(pulls: readonly Pull[], of: (pull: Pull) => number): number {
  return pulls.reduce((sum, pull) => sum + of(pull), 0);
}

/** Where a rising function of [0, 100] is 0. */
function root(rising: (at: number) => number): number {
  let [low, high] = [0, 100];
  for (let halving = 0; halving < 100; halving++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}
