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

/** What changes over short ways: what the gradient foretold of each change, and what it did not. */
export interface Changes {
  readonly foretold: number[];
  readonly unforetold: number[];
}

/**
 * Notes what changes within a hundredth of epsilon. Where a model is continuous, the gradient foretells nearly all of it:
 * a kink counts less the shorter the way. A jump does not. A change below `rounding` is none.
 */
export function foretelling({ foretold, unforetold }: Changes, rounding: number): Look {
  return function* (context) {
    const { x, goal } = context;
    const answer = yield { want: 'gradient', at: x, loss: goal.lossNamed('margin'), draw: 0 };
    const [here, gradient] = [goal.margin(answer.logits), answer.gradient.slice()];
    for (const { at, margin } of yield* marginsAround(context, 0.01)) {
      const slope = gradient.reduce((sum, g, i) => sum + g * ((at[i] as number) - (x[i] as number)), 0);
      foretold.push(Math.abs(slope));
      unforetold.push(Math.max(0, Math.abs(margin - here - slope) - rounding));
    }
  };
}

/**
 * The share of all that changes which was not foretold; undefined where nothing changes. Of sums, as jumps may be rare and
 * high, and in order of size, as examples come in any order.
 */
export function shareOfJumps({ foretold, unforetold }: Changes): number | undefined {
  const [expected, jumped] = [foretold, unforetold].map((sizes) => sizes.toSorted((a, b) => a - b).reduce((sum, size) => sum + size, 0)) as [number, number];
  return expected + jumped > 0 ? jumped / (expected + jumped) : undefined;
}

/** At random points of the ball of a part of epsilon: how far beyond the goal they are, by one draw of the model's own. */
function* marginsAround({ x, norm, epsilon, bounds, goal, random }: AttackContext, part: number): Generator<Query, { at: Float32Array; margin: number }[], Answer> {
  const ball = ballOf({ x, norm, epsilon: part * epsilon, bounds });
  const points = Array.from({ length: draws }, (_, draw) => ball.sample(random.split(draw)));
  const answers = yield* together(points.map((at) => ({ want: 'scores' as const, at, draw: 0 })));
  return answers.map(({ logits }, i) => ({ at: points[i] as Float32Array, margin: goal.margin(logits) }));
}
