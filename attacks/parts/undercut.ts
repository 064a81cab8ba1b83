import type { Answer, AttackContext, Cost, Query } from '../../src/core/attack.ts';
import { ballOf } from '../../src/core/ball.ts';
import { targeted } from '../../src/core/goal.ts';
import { randomOf } from '../../src/core/random.ts';
import { apgdCost } from './apgd.ts';
import { apgdL1Run } from './apgdL1Run.ts';
import type { Closest } from './closest.ts';

/** The share of the closest distance that a run has to make do with. */
const share = 0.97;
const mostRuns = 6;

/**
 * Tries to beat the closest point with what fixed budgets use, in L1: a run of APGD in a ball just too small for it, again
 * while that succeeds, then towards the next class. Coming in from balls of three times the size it finds other sides of x
 * than attacks that follow the boundary from one point to the next.
 */
export function* undercut(context: AttackContext, closest: Closest, aims: readonly number[], steps: number): Generator<Query, void, Answer> {
  const { x, y, classes, bounds } = context;
  for (let [k, run] = [0, 0]; k < aims.length && run < mostRuns; run++) {
    const epsilon = share * closest.distance;
    const smaller = { ...context, epsilon, ball: ballOf({ norm: 'l1', epsilon, x, bounds }) };
    const loss = targeted(y, aims[k] as number, classes).lossNamed('margin');
    // The same starts under every seed: attacks that draw nothing else give the same point under any.
    const { fooled, adv } = yield* apgdL1Run(smaller, { loss, steps, radii: 'shrinking', stopWhenFooled: true }, randomOf(run));
    if (fooled) closest.offer(adv);
    else k++;
  }
}

export function undercutCost(steps: number): Cost {
  return apgdCost({ norm: 'l1' }, mostRuns, { steps, restarts: 1, radii: 'shrinking', stopWhenFooled: true });
}
