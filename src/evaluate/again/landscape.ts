import { together } from '../../core/attack.ts';
import type { Answer, AttackContext, Query } from '../../core/attack.ts';
import { ballOf } from '../../core/ball.ts';
import type { Look } from './probe.ts';

/** Directions that are gone in, from each example. */
const draws = 8;

/**
 * Notes how much of the label's lead changes on average within a tenth of epsilon, in random directions. Were the model
 * linear, a survivor would lose less than a tenth of it in the worst direction, and far less in a random one.
 */
export function unevenness(noted: number[]): Look {
  return function* (context) {
    const here = context.goal.margin((yield { want: 'scores', at: context.x, draw: 0 }).logits);
    if (here >= 0) return;
    const around = yield* marginsAround(context, 0.1);
    noted.push(around.reduce((sum, { margin }) => sum + Math.abs(margin - here), 0) / draws / -here);
  };
}

/** What of all changes over short ways a gradient foretells, and what it does not. */
export interface Foretold {
  explained: number;
  unexplained: number;
}

/**
 * Adds up what changes within a hundredth of epsilon. Where a model is continuous, the gradient foretells nearly all of
 * it: a kink counts less the shorter the way. A jump does not; it may be rare and high, which is why this is a sum. A
 * change below `rounding` is none.
 */
export function foretelling(sums: Foretold, rounding: number): Look {
  return function* (context) {
    const { x, goal } = context;
    const answer = yield { want: 'gradient', at: x, loss: goal.lossNamed('margin'), draw: 0 };
    const [here, gradient] = [goal.margin(answer.logits), answer.gradient.slice()];
    for (const { at, margin } of yield* marginsAround(context, 0.01)) {
      const foretold = gradient.reduce((sum, slope, i) => sum + slope * ((at[i] as number) - (x[i] as number)), 0);
      sums.explained += Math.abs(foretold);
      sums.unexplained += Math.max(0, Math.abs(margin - here - foretold) - rounding);
    }
  };
}

/** At random points of the ball of a part of epsilon: how far beyond the goal they are, by one draw of the model's own. */
function* marginsAround({ x, norm, epsilon, bounds, goal, random }: AttackContext, part: number): Generator<Query, { at: Float32Array; margin: number }[], Answer> {
  const ball = ballOf({ x, norm, epsilon: part * epsilon, bounds });
  const points = Array.from({ length: draws }, (_, draw) => ball.sample(random.split(draw)));
  const answers = yield* together(points.map((at) => ({ want: 'scores' as const, at, draw: 0 })));
  return answers.map(({ logits }, i) => ({ at: points[i] as Float32Array, margin: goal.margin(logits) }));
}
