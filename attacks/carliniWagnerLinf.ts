import type { Answer, AttackContext, Query } from '../src/core/attack.ts';
import { boxAround } from '../src/core/ball.ts';
import { adam } from './adam.ts';
import type { CarliniWagnerOptions } from './carliniWagner.ts';
import { Closest } from './closest.ts';
import { stagnation } from './constantSearch.ts';
import { marginLoss } from './marginLoss.ts';

/** The gap below the closest distance at which the next run aims; a failure narrows it. */
const gaps = [0.1, 0.05, 0.025];
const greatest = 20;

/** Minimises c · max(−margin, 0) + Σ max(|δ| − τ, 0) over the box by Adam; τ falls below the closest distance so far. */
export function* carliniWagnerLinf(
  { x, norm, bounds, goal }: AttackContext,
  { steps, learningRate = 0.005, firstConst }: CarliniWagnerOptions,
): Generator<Query, Float32Array, Answer> {
  const { lower, upper } = boxAround(x, bounds);
  const { loss, sign } = marginLoss(goal);
  const closest = new Closest(x, norm);
  const [point, descent] = [x.slice(), x.slice()];
  let c = firstConst;
  let tau = 1;

  function* descend(): Generator<Query, boolean, Answer> {
    const direction = adam(x.length);
    const stagnant = stagnation(steps);
    point.set(closest.adv);
    for (let step = 0; step < steps; step++) {
      const { gradient, logits, fooled } = yield { want: 'gradient', at: point, loss };
      if (fooled) closest.offer(point);
      if (closest.distance <= tau) return true;
      const pull = fooled ? 0 : c * sign;
      let excess = 0;
      for (let i = 0; i < x.length; i++) {
        const change = (point[i] as number) - (x[i] as number);
        const over = Math.abs(change) - tau;
        if (over > 0) excess += over;
        descent[i] = (over > 0 ? Math.sign(change) : 0) - pull * (gradient[i] as number);
      }
      if (stagnant(excess + c * Math.max(0, -goal.margin(logits)))) return false;
      const by = direction(descent);
      for (let i = 0; i < x.length; i++) {
        const moved = (point[i] as number) - learningRate * (by[i] as number);
        point[i] = Math.min(upper[i] as number, Math.max(lower[i] as number, moved));
      }
    }
    return false;
  }

  for (const gap of gaps) {
    for (;;) {
      if (closest.found) tau = closest.distance * (1 - gap);
      let succeeded = false;
      for (; c <= greatest && !succeeded; c *= succeeded ? 1 : 2) succeeded = yield* descend();
      if (!succeeded) break;
    }
    c = firstConst;
  }
  return closest.adv;
}
