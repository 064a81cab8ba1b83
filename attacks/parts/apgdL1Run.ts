import type { Answer, AttackContext, Query } from '../../src/core/attack.ts';
import { type Ball, ballOf } from '../../src/core/ball.ts';
import { distances } from '../../src/core/norms.ts';
import type { Random } from '../../src/core/random.ts';
import { type AscentSettings, Iterates, type Reached } from './iterates.ts';

export interface SparseSettings extends AscentSettings {
  /** `shrinking`: 30 % of the steps in the ball of 3 ε, 30 % in that of 2 ε, the rest in the ball itself. */
  readonly radii: 'shrinking' | 'fixed';
}

/**
 * One run of APGD in L1. Croce and Hein 2021, arXiv:2103.01208: steps along the signs of the largest gradients, as many
 * as suit the number of coordinates changed so far, and exact projections onto L1 ball ∩ box. Each ball starts from the
 * highest point of the one before; a point that fools counts within epsilon only.
 */
export function* apgdL1Run(context: AttackContext, settings: SparseSettings, random: Random): Generator<Query, Reached, Answer> {
  const { x, bounds, epsilon, ball } = context;
  const { radii, steps } = settings;
  const start = x.map((value) => value + random.normal());
  if (radii === 'fixed') {
    ball.project(start);
    return yield* climb(context, settings, { ball, start, changes: x.length, sparsity: 0.2 });
  }
  const part = Math.min(Math.ceil(0.3 * steps), Math.floor(steps / 2));
  let reached: Reached = { adv: start, fooled: false, loss: -Infinity };
  for (const [times, share] of [[3, part], [2, part], [1, steps - 2 * part]] as const) {
    const wide = times === 1 ? ball : ballOf({ norm: 'l1', epsilon: times * epsilon, x, bounds });
    const from = reached.adv;
    wide.project(from);
    const changes = changed(from, x);
    const run = { ball: wide, start: from, changes, sparsity: sparsityOf(changes, x.length) };
    reached = yield* climb(context, { ...settings, steps: share }, run);
    if (reached.fooled) return reached;
  }
  return reached;
}

interface Climb {
  readonly ball: Ball;
  readonly start: Float32Array;
  readonly changes: number;
  readonly sparsity: number;
}

function* climb({ x, epsilon }: AttackContext, { loss, steps, stopWhenFooled }: AscentSettings, run: Climb): Generator<Query, Reached, Answer> {
  const { ball, start: point } = run;
  let { changes, sparsity } = run;
  let length = ball.epsilon;
  const interval = Math.max(1, Math.floor(0.04 * steps));
  const kept = new Iterates(x.length);
  for (let step = 0; ; step++) {
    const answer = yield { want: 'gradient', at: point, loss };
    const fooled = answer.fooled && distances(point, x).l1 <= epsilon;
    kept.note(point, answer, fooled);
    if (step === steps || (fooled && stopWhenFooled)) return kept.reached;
    let { gradient } = answer;
    if (step > 0 && step % interval === 0) {
      const now = changed(kept.highest, x);
      const sparser = now < 0.95 * changes;
      length = sparser ? ball.epsilon : Math.max(length / 1.5, ball.epsilon / 10);
      [changes, sparsity] = [now, sparsityOf(now, x.length)];
      if (sparser) {
        point.set(kept.highest);
        gradient = kept.gradient;
      }
    }
    ball.step(point, gradient, length, sparsity);
  }
}

/** The share of coordinates to move: fewer than were changed. */
function sparsityOf(changes: number, size: number): number {
  return changes / size / 1.5;
}

function changed(point: Float32Array, x: Float32Array): number {
  let count = 0;
  for (let i = 0; i < x.length; i++) count += Number(point[i] !== x[i]);
  return count;
}
