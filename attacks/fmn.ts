import * as v from 'valibot';
import { boxAround, type Region } from '../src/core/ball.ts';
import { l0Ball } from '../src/core/balls/l0.ts';
import { l1Ball } from '../src/core/balls/l1.ts';
import { l2Ball } from '../src/core/balls/l2.ts';
import { targeted } from '../src/core/goal.ts';
import { distances, type Norm } from '../src/core/norms.ts';
import { positive, wholeNumber } from '../src/core/options.ts';
import { load } from '../src/core/vector.ts';
import { annealed } from './parts/annealed.ts';
import { Closest } from './parts/closest.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { likeliestTargets } from './parts/likeliestTargets.ts';
import { marginLoss } from './parts/marginLoss.ts';
import { widest } from './parts/widest.ts';

/** How a radius follows from what was seen at the point that it led to. */
interface Seen {
  readonly fooled: boolean;
  /** Distance from x of the point; of the closest adversarial point, Infinity while there is none. */
  readonly length: number;
  readonly closest: number;
  /** Distance from the point to the boundary, were the model linear. */
  readonly toBoundary: number;
  readonly gamma: number;
}

/**
 * The fast minimum-norm attack: gradient steps on the margin, projected onto a ball whose radius follows the boundary.
 * Pintor et al. 2021, arXiv:2102.12827. Steps of length 1 to .01 (in L2; in widths of the box), γ .05 to .001, both by
 * a cosine, as the authors'. With `targets`, which the paper does not have, further runs aim at the likeliest classes one
 * by one: on the bundled model that finds more than ten times the steps do.
 */
export const fmn = defineGradientAttack({
  name: 'fmn',
  summary: 'smallest perturbation: projected steps on a ball that follows the boundary',
  when: 'the smallest perturbation for little, in any norm',
  cost: ({ classes }, { steps, targets }) => ({ gradient: steps * (1 + Math.min(targets, classes - 1)), forward: 0 }),
  paper: '2102.12827',
  norms: ['linf', 'l2', 'l1', 'l0'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    steps: wholeNumber({ default: 100, description: 'gradient steps' }),
    stepSize: positive({ default: 1, description: 'length of the first step, in widths of the box; the last has a hundredth' }),
    targets: wholeNumber({ default: 0, least: 0, description: 'classes aimed at in further runs, the likeliest first' }),
    gamma: positive({ default: 0.05, description: 'first share by which the radius grows or shrinks; the last is a fiftieth' }),
  }),
  *run(context, { steps, stepSize, gamma, targets }) {
    const { x, y, norm, bounds, goal, classes } = context;
    const box = boxAround(x, bounds);
    const first = stepSize * widest(box);
    const closest = new Closest(x, norm);
    const origin = new Float32Array(x.length);
    const adv = x.slice();
    const aims = targets === 0 || goal.target !== undefined ? [] : likeliestTargets(context, targets);
    const losses = [marginLoss(goal), ...aims.map((aim) => ({ loss: targeted(y, aim, classes).lossNamed('margin'), sign: 1 }))];
    for (const { loss, sign } of losses) {
      adv.set(x);
      let epsilon = norm === 'l0' ? 1 : Infinity;
      let found = false;
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
    return closest.adv;
  },
});

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
