import * as k from './kernels.ts';

/**
 * The whole-vector operations of attacks on one example: float32 vectors, float64 arithmetic and sums. Vectors are
 * copied in, kernels run on them, and the point is copied out.
 */
export type Vectors = k.Workspace<(typeof names)[number], keyof typeof kernels>;

/** `pull` is the gradient's size where the box lets the point follow it, else 0. */
const names = ['point', 'before', 'x', 'lower', 'upper', 'gradient', 'pull'] as const;
const point = k.vector('point');
const before = k.vector('before');
const x = k.vector('x');
const lower = k.vector('lower');
const upper = k.vector('upper');
const gradient = k.vector('gradient');
const pull = k.vector('pull');

const zero = k.constant(0);
const delta = k.sub(point, x);
const intoBox = (value: k.Formula) => k.clamp(value, lower, upper);
/** What the box leaves of a change of x. */
const withinRoom = (change: k.Formula) => k.clamp(change, k.sub(lower, x), k.sub(upper, x));
const sign = (value: k.Formula, one: k.Formula) => k.sub(k.when(k.greater(value, zero), one), k.when(k.less(value, zero), one));
/** Moves a value towards 0, and stops there. */
const shrunk = (value: k.Formula, by: k.Formula) => k.sub(value, k.clamp(value, k.negative(by), by));
const [wanted, kept] = [k.local(0), k.local(1)];
/** How far a scalar leads from the point, in float32, and that drawn in where rounding led farther. */
const [far, farthest] = [k.local(0), k.local(1)];
/** Between a half and one and a quarter of a float32's last digit, also where its neighbour has digits half as large. */
const aDigit = k.mul(k.constant(1.25 * 2 ** -24), k.abs(far));
const intoPoint = (value: k.Formula) => ({ store: { vector: 'point', value } });

const kernels = {
  /** point ← clip(point + scalar · sign gradient). A zero gradient does not move. */
  signStep: { scalars: 1, ...intoPoint(intoBox(k.add(point, sign(gradient, k.scalar(0))))) },
  /** before ← clip(point + share · (clip(point + scalar · sign gradient) − point) + (1 − share) · (point − before)) */
  glide: {
    scalars: 2,
    locals: [intoBox(k.add(point, sign(gradient, k.scalar(0))))],
    store: {
      vector: 'before',
      value: intoBox(k.add(point, k.add(
        k.mul(k.scalar(1), k.sub(k.local(0), point)),
        k.mul(k.sub(k.constant(1), k.scalar(1)), k.sub(point, before)),
      ))),
    },
  },
  /** before ← scalar · (point + (point − before)): where momentum alone leads */
  recoil: { scalars: 1, store: { vector: 'before', value: k.mul(k.scalar(0), k.sub(k.add(point, point), before)) } },
  /** point ← scalar · point + before */
  blend: { scalars: 1, ...intoPoint(k.add(k.mul(k.scalar(0), point), before)) },
  /** point ← point + scalar · gradient */
  move: { scalars: 1, ...intoPoint(k.add(point, k.mul(k.scalar(0), gradient))) },
  /** point ← clip(point) */
  clip: intoPoint(intoBox(point)),
  /** Σ gradient² */
  gradientSquares: { sums: [k.mul(gradient, gradient)] },
  /** Σ (point − x)² */
  squares: { locals: [delta], sums: [k.mul(wanted, wanted)] },
  /** Σ |point − x| */
  absolutes: { sums: [k.abs(delta)] },
  /** lower ← the farthest float32 that is no more than the scalar below the point, or lower. Σ: where that was not found. */
  lowerWithin: {
    scalars: 1,
    locals: [
      k.rounded(k.sub(point, k.scalar(0))),
      k.rounded(k.add(far, k.when(k.greater(k.sub(point, far), k.scalar(0)), aDigit))),
    ],
    sums: [k.when(k.greater(k.sub(point, farthest), k.scalar(0)), k.constant(1))],
    store: { vector: 'lower', value: k.greatest(lower, farthest) },
  },
  /** The same above the point. */
  upperWithin: {
    scalars: 1,
    locals: [
      k.rounded(k.add(point, k.scalar(0))),
      k.rounded(k.sub(far, k.when(k.greater(k.sub(far, point), k.scalar(0)), aDigit))),
    ],
    sums: [k.when(k.greater(k.sub(farthest, point), k.scalar(0)), k.constant(1))],
    store: { vector: 'upper', value: k.least(upper, farthest) },
  },
  /** point ← clip(x + scalar · (point − x)) */
  scale: { scalars: 1, ...intoPoint(intoBox(k.add(x, k.mul(k.scalar(0), delta)))) },
  /** Squared length of what `scale` would leave: of all coordinates; of those that the box does not hold. */
  measureScaled: {
    scalars: 1,
    locals: [k.mul(k.scalar(0), delta), withinRoom(wanted)],
    sums: [k.mul(kept, kept), k.when(k.equal(kept, wanted), k.mul(kept, kept))],
  },
  /** point ← clip(x + (point − x, held within ± the scalar)) */
  hold: { scalars: 1, ...intoPoint(intoBox(k.add(x, k.clamp(delta, k.negative(k.scalar(0)), k.scalar(0))))) },
  /** point ← clip(x + (point − x, moved towards 0 by the scalar)) */
  shrink: { scalars: 1, ...intoPoint(intoBox(k.add(x, shrunk(delta, k.scalar(0))))) },
  /** L1 length of what `shrink` would leave; the number of coordinates that neither the box nor 0 holds. */
  measureShrunk: {
    scalars: 1,
    locals: [shrunk(delta, k.scalar(0)), withinRoom(wanted)],
    sums: [k.abs(kept), k.when(k.equal(kept, wanted), k.when(k.unequal(wanted, zero), k.constant(1)))],
  },
  /** pull ← |gradient| where the box lets the point follow it, else 0 */
  pull: {
    store: {
      vector: 'pull',
      value: k.add(
        k.when(k.less(point, upper), k.greatest(gradient, zero)),
        k.when(k.greater(point, lower), k.greatest(k.negative(gradient), zero)),
      ),
    },
  },
  /** How many coordinates are pulled at least as hard as the scalar, which is above 0. */
  countPulled: { scalars: 1, sums: [k.when(k.atLeast(pull, k.scalar(0)), k.constant(1))] },
  /** point ← point + second scalar · sign gradient, where the pull is at least the first scalar */
  movePulled: { scalars: 2, ...intoPoint(k.add(point, k.when(k.atLeast(pull, k.scalar(0)), sign(gradient, k.scalar(1))))) },
} satisfies Record<string, k.Kernel>;

const workspace = k.workspaces(names, kernels);

/** What a point is moved in: the box it stays in, and the example, where the kernels to come read it. */
export interface Surroundings {
  readonly lower: Float32Array;
  readonly upper: Float32Array;
  readonly x?: Float32Array;
}

/** The workspace with a point and its surroundings in it. */
export function load(point: Float32Array, { lower, upper, x }: Surroundings): Vectors {
  const vectors = workspace(point.length);
  vectors.point.set(point);
  if (x) vectors.x.set(x);
  vectors.lower.set(lower);
  vectors.upper.set(upper);
  return vectors;
}
