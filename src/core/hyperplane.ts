import * as k from './kernels.ts';
import type { Norm } from './norms.ts';

/** Where a function is taken to be linear: its value at a point, and its gradient there. */
export interface Linearised {
  readonly value: number;
  readonly gradient: Float32Array;
}

export interface BoundaryStep {
  /** The most of the way that may lead from x; the rest from the point. */
  readonly alphaMax: number;
  /** How far beyond the hyperplane, as a multiple of the way to it. */
  readonly overshoot: number;
}

/** Norms that have a projection onto a hyperplane. */
export type PlaneNorm = Exclude<Norm, 'l0'>;

const names = ['from', 'x', 'lower', 'upper', 'gradient', 'way', 'wayFromX'] as const;
const [from, x, lower, upper] = [k.vector('from'), k.vector('x'), k.vector('lower'), k.vector('upper')];
const [gradient, way, wayFromX] = [k.vector('gradient'), k.vector('way'), k.vector('wayFromX')];
const [zero, one] = [k.constant(0), k.constant(1)];
const [wanted, kept] = [k.local(0), k.local(1)];
const size = k.abs(gradient);
const withinRoom = (change: k.Formula) => k.clamp(change, k.sub(lower, from), k.sub(upper, from));

/** A way along a direction, as far as the scalar says or the box goes. */
const along = (direction: k.Formula, speed: k.Formula) => ({
  /** What it gains by the gradient; how fast that rises with the scalar. */
  measure: {
    scalars: 1,
    locals: [direction, withinRoom(wanted)],
    sums: [k.mul(gradient, kept), k.when(k.equal(kept, wanted), speed)],
  },
  take: { scalars: 1, store: { vector: 'way', value: withinRoom(direction) } },
});
const signed = (value: k.Formula) => k.sub(k.when(k.greater(gradient, zero), value), k.when(k.less(gradient, zero), value));
const linf = along(signed(k.scalar(0)), size);
const l2 = along(k.mul(k.scalar(0), gradient), k.mul(gradient, gradient));

/** To the edge of the box: up the gradient where the sign is 1, down where it is −1. */
const toEdge = (sign: k.Formula) => k.add(
  k.when(k.greater(k.mul(sign, gradient), zero), k.sub(upper, from)),
  k.when(k.less(k.mul(sign, gradient), zero), k.sub(lower, from)),
);

const kernels = {
  linfMeasure: linf.measure,
  linfTake: linf.take,
  l2Measure: l2.measure,
  l2Take: l2.take,
  /** With gradients of at least the second scalar at the edge: what it gains by the gradient; how many they are. */
  l1Measure: {
    scalars: 2,
    locals: [k.when(k.atLeast(size, k.scalar(1)), one)],
    sums: [k.mul(k.local(0), k.mul(gradient, toEdge(k.scalar(0)))), k.local(0)],
  },
  /** Gradients of at least the second scalar to the edge; of those below, at least the third scalar, a share of the way. */
  l1Take: {
    scalars: 4,
    store: {
      vector: 'way',
      value: k.mul(toEdge(k.scalar(0)), k.add(
        k.when(k.atLeast(size, k.scalar(1)), one),
        k.when(k.less(size, k.scalar(1)), k.when(k.atLeast(size, k.scalar(2)), k.scalar(3))),
      )),
    },
  },
  /** Σ gradient · (x − from) */
  gainAtX: { sums: [k.mul(gradient, k.sub(x, from))] },
  /** Σ |way|, Σ way² */
  lengths: { sums: [k.abs(way), k.mul(way, way)] },
  /** from ← clip((1 − α) (from + η way) + α (x + η wayFromX)), of the scalars α and η */
  combine: {
    scalars: 2,
    store: {
      vector: 'from',
      value: k.clamp(
        k.add(
          k.mul(k.sub(one, k.scalar(0)), k.add(from, k.mul(k.scalar(1), way))),
          k.mul(k.scalar(0), k.add(x, k.mul(k.scalar(1), wayFromX))),
        ),
        lower,
        upper,
      ),
    },
  },
} satisfies Record<string, k.Kernel>;

const workspace = k.workspaces(names, kernels);
type Vectors = ReturnType<typeof workspace>;

/** Finds the shortest way from `from` that changes a linear function by the gain, or as much as the box lets; its length. */
const ways: Record<PlaneNorm, (vectors: Vectors, gain: number) => number> = {
  linf({ run, sums }, gain) {
    const reach = solve(gain, run.linfMeasure, sums);
    run.linfTake(reach);
    return Math.abs(reach);
  },
  l2({ run, sums }, gain) {
    run.l2Take(solve(gain, run.l2Measure, sums));
    run.lengths();
    return Math.sqrt(sums[1] as number);
  },
  l1(vectors, gain) {
    takeLargest(vectors, gain);
    vectors.run.lengths();
    return vectors.sums[0] as number;
  },
};

/**
 * One step of FAB, arXiv:1907.02044: the projections of the point and of x onto the hyperplane where the linearised
 * function is 0, inside the box, are overshot and mixed, the nearer one counting more. Changes the point in place.
 */
export function boundaryStep(norm: PlaneNorm, point: Float32Array, at: Linearised, box: Pick<Vectors, 'x' | 'lower' | 'upper'>, step: BoundaryStep): void {
  const vectors = workspace(point.length);
  const { run, sums } = vectors;
  for (const name of ['x', 'lower', 'upper'] as const) vectors[name].set(box[name]);
  vectors.gradient.set(at.gradient);
  vectors.from.set(point);
  run.gainAtX();
  const valueAtX = at.value + (sums[0] as number);
  vectors.from.set(box.x);
  const fromX = Math.max(ways[norm](vectors, -valueAtX), 1e-8);
  vectors.wayFromX.set(vectors.way);
  vectors.from.set(point);
  const fromPoint = Math.max(ways[norm](vectors, -at.value), 1e-8);
  run.combine(Math.min(fromPoint / (fromPoint + fromX), step.alphaMax), step.overshoot);
  point.set(vectors.from);
}

/**
 * The scalar at which a way gains what is wanted, or all coordinates are at the edge. The gain is piecewise linear,
 * steepest at 0: Newton from there never overshoots, and is exact within the last piece, so nothing is sorted.
 */
function solve(gain: number, measure: (scalar: number) => void, sums: Float64Array): number {
  for (let scalar = 0; ; ) {
    measure(scalar);
    const [gained, speed] = [sums[0] as number, sums[1] as number];
    const next = speed > 0 ? scalar + (gain - gained) / speed : scalar;
    if (Math.abs(next) <= Math.abs(scalar) * (1 + 1e-12)) return scalar;
    scalar = next;
  }
}

/**
 * The shortest way in L1: the largest gradients go to the edge, the first that need not do so a part of the way. Between
 * a bound that gains too little and one that gains enough, the threshold is halved until one coordinate is left.
 */
function takeLargest({ gradient, run, sums }: Vectors, gain: number): void {
  const sign = Math.sign(gain);
  const wanted = Math.abs(gain);
  const measure = (least: number): readonly [gained: number, count: number] => {
    run.l1Measure(sign, least);
    return [Math.abs(sums[0] as number), sums[1] as number];
  };
  let [low, high] = [2 ** -149, 2 * gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0)];
  let [enough, many] = measure(low);
  let [little, few] = [0, 0];
  if (enough <= wanted) return run.l1Take(sign, low, low, 0);
  while (many - few > 1) {
    const middle = Math.fround((low + high) / 2);
    if (!(middle > low && middle < high)) break;
    const [gained, count] = measure(middle);
    if (gained > wanted) [low, enough, many] = [middle, gained, count];
    else [high, little, few] = [middle, gained, count];
  }
  run.l1Take(sign, high, low, (wanted - little) / (enough - little));
}
