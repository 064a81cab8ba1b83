import type { Answer, AttackContext, AttackSetting, Cost, Query } from '../../src/core/attack.ts';
import { boxAround } from '../../src/core/ball.ts';
import { targeted } from '../../src/core/goal.ts';
import { wholeNumber } from '../../src/core/options.ts';
import { byLogit } from './byLogit.ts';
import type { Closest } from './closest.ts';
import { followBoundary } from './followBoundary.ts';
import { type MarginLoss, marginLoss } from './marginLoss.ts';
import { undercut, undercutCost } from './undercut.ts';

/** Classes that a refinement aims at. */
const rivals = 3;
/** How many times farther than the closest point it starts. */
const beyond = 2;
/** Of FMN, ten times the authors': its steps have to leave the valley they start in. */
const stepSize = 10;

/** The option of attacks that end with a refinement. */
export const refinement = wholeNumber({
  default: 100,
  least: 0,
  description: 'steps at the end from beyond the closest point towards each of 3 classes; in L1 first of up to 6 runs just below its distance',
});

/**
 * Brings the closest point closer, which the papers do not do: runs of FMN start from twice its distance, where a narrow
 * way in may be open, towards each of the classes that are likeliest at the point. On the bundled model it is the last
 * points of accuracy that attacks of thousands of steps miss: they stop a few hundredths short, or hold to one class.
 */
export function* refine(context: AttackContext, closest: Closest, steps: number): Generator<Query, void, Answer> {
  if (!closest.found || steps === 0) return;
  const { x, y, norm, goal, bounds, classes } = context;
  if (norm === 'l1') yield* undercut(context, closest, yield* likeliest(context, closest.adv), steps);
  const { lower, upper } = boxAround(x, bounds);
  const start = closest.adv.map((value, i) => {
    const centre = x[i] as number;
    return Math.min(upper[i] as number, Math.max(lower[i] as number, centre + beyond * (value - centre)));
  });
  const aims = yield* likeliest(context, closest.adv);
  const margins = goal.target === undefined ? aims.map((aim) => lossTowards(aim, y, classes)) : [marginLoss(goal)];
  const radius = beyond * closest.distance;
  for (const margin of margins) yield* followBoundary(context, closest, { margin, start: start.slice(), radius, steps, stepSize, gamma: 0.05 });
}

/** The classes a point is likeliest taken for, but the label's; of a targeted run the wanted one. */
function* likeliest({ y, goal }: AttackContext, point: Float32Array): Generator<Query, readonly number[], Answer> {
  if (goal.target !== undefined) return [goal.target];
  const { logits } = yield { want: 'scores', at: point };
  return byLogit(logits).filter((k) => k !== y).slice(0, rivals);
}

/** Climbs the difference between a class's logit and the label's. */
export function lossTowards(aim: number, y: number, classes: number): MarginLoss {
  return { loss: targeted(y, aim, classes).lossNamed('margin'), sign: 1 };
}

export function refinementCost({ norm, classes }: Pick<AttackSetting, 'norm' | 'classes'>, steps: number): Cost {
  if (steps === 0) return { gradient: 0, forward: 0 };
  const gradient = steps * Math.min(rivals, classes - 1);
  return norm === 'l1' ? { gradient: gradient + undercutCost(steps).gradient, forward: 2 } : { gradient, forward: 1 };
}
