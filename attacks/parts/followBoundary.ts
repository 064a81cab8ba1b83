import type { Answer, AttackContext, Query } from '../../src/core/attack.ts';
import { boxAround, type Region } from '../../src/core/ball.ts';
import { l0Ball } from '../../src/core/balls/l0.ts';
import { l1Ball } from '../../src/core/balls/l1.ts';
import { l2Ball } from '../../src/core/balls/l2.ts';
import { distances, type Norm } from '../../src/core/norms.ts';
import { load } from '../../src/core/vector.ts';
import { annealed } from './annealed.ts';
import type { Closest } from './closest.ts';
import type { MarginLoss } from './marginLoss.ts';
import { widest } from './widest.ts';

/** One run: where it starts, what it climbs, how far its steps go. */
export interface Descent {
  readonly margin: MarginLoss;
  /** Overwritten. Inside the box. */
  readonly start: Float32Array;
  /** The first radius; Infinity: not known yet, the distance of the boundary leads. */
  readonly radius: number;
  readonly steps: number;
  /** Length of the first step in L2, in widths of the box; the last has a hundredth. */
  readonly stepSize: number;
  /** First share by which the radius grows or shrinks; the last is a fiftieth. */
  readonly gamma: number;
}

/** How a radius follows from what was seen at the point that it led to. */
interface Seen {
  readonly fooled: boolean;
  /** Distance from x of the point; of the closest adversarial point, Infinity while this run has none. */
  readonly length: number;
  readonly closest: number;
  /** Distance from the point to the boundary, were the model linear. */
  readonly toBoundary: number;
  readonly gamma: number;
}

/**
 * Gradient steps on the margin, projected onto a ball around x whose radius follows the boundary: the run of FMN, Pintor
 * et al. 2021, arXiv:2102.12827. Every point that fools is offered to `closest`.
 */
export function* followBoundary({ x, norm, bounds }: AttackContext, closest: Closest, descent: Descent): Generator<Query, void, Answer> {
  const { margin: { loss, sign }, start: adv, steps, gamma, radius: given } = descent;
  const box = boxAround(x, bounds);
  const first = descent.stepSize * widest(box);
  const origin = new Float32Array(x.length);
  let epsilon = given === Infinity && norm === 'l0' ? 1 : given;
  let found = given < Infinity;
  for (let step = 0; step < steps; step++) {
    const { gradient, loss: height, fooled } = yield { want: 'gradient', at: adv, loss };
    if (fooled) closest.offer(adv);
    found ||= fooled;
    const slopes = distances(gradient, origin);
    if (slopes.l2 === 0) break;
    epsilon = radius[norm](epsilon, {
      fooled,
      length: distances(x, adv)[norm],
      closest: found ? closest.distance : Infinity,
      toBoundary: norm === 'l0' ? NaN : Math.abs(height) / slopes[dual[norm]],
      gamma: annealed(gamma, gamma / 50, step / steps),
    });
    const way = sign * annealed(first, first / 100, step / steps);
    for (let i = 0; i < adv.length; i++) adv[i] = (adv[i] as number) + (way * (gradient[i] as number)) / slopes.l2;
    project[norm](adv, { x, ...box, epsilon, projection: 'exact' });
  }
}

const dual = { linf: 'l1', l2: 'l2', l1: 'linf' } as const;

const radius: Record<Norm, (epsilon: number, seen: Seen) => number> = { linf: follow, l2: follow, l1: follow, l0: count };

/** Before the first success the boundary's distance leads; at least as far as after a loss, as a point on it is a tie. */
function follow(epsilon: number, { fooled, length, closest, toBoundary, gamma }: Seen): number {
  if (fooled) return Math.min(epsilon * (1 - gamma), closest);
  return closest < Infinity ? epsilon * (1 + gamma) : Math.max(length + toBoundary, length * (1 + gamma));
}

/** Whole coordinates, one at least. */
function count(epsilon: number, { fooled, closest, gamma }: Seen): number {
  if (fooled) return Math.max(0, Math.min(epsilon - 1, Math.floor(epsilon * (1 - gamma)), closest));
  return Math.max(epsilon + 1, Math.floor(epsilon * (1 + gamma)));
}

/** To the nearest point of ball and box. */
const project: Record<Norm, (point: Float32Array, region: Region) => void> = {
  linf(point, region) {
    const vectors = load(point, region);
    vectors.run.hold(region.epsilon);
    point.set(vectors.point);
  },
  l2: (point, region) => l2Ball(region).project(point),
  l1: (point, region) => l1Ball(region).project(point),
  l0: (point, region) => l0Ball(region).project(point),
};
