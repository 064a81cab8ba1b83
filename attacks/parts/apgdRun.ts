import type { Answer, AttackContext, Query } from '../../src/core/attack.ts';
import type { Random } from '../../src/core/random.ts';
import { type AscentSettings, Iterates, type Reached } from './iterates.ts';
import { away } from './away.ts';

/** The share of each step that follows the gradient; the rest is momentum. */
const share = 0.75;

/**
 * One run of APGD in Linf or L2. Croce and Hein 2020, arXiv:2003.01690, algorithm 1. From a random point at distance
 * epsilon, steps of 2 ε with momentum, halved at checkpoints when they gain too little; then it starts again from the
 * highest point so far.
 */
export function* apgdRun(context: AttackContext, settings: AscentSettings, random: Random): Generator<Query, Reached, Answer> {
  const { x, norm, epsilon, ball } = context;
  const { loss, steps, stopWhenFooled } = settings;
  const draw = norm === 'linf' ? () => 2 * random.uniform() - 1 : () => random.normal();
  let point = away(ball, x.map(draw), epsilon);
  let before: Float32Array = point.slice();
  const kept = new Iterates(x.length);
  const checkpoints = new Checkpoints(steps);
  let length = 2 * epsilon;
  for (let step = 0; ; step++) {
    const answer = yield { want: 'gradient', at: point, loss };
    kept.note(point, answer, answer.fooled);
    if (step === steps || (answer.fooled && stopWhenFooled)) return kept.reached;
    let { gradient } = answer;
    if (checkpoints.halve(answer.loss, kept.loss)) {
      length /= 2;
      point.set(kept.highest);
      gradient = kept.gradient;
    }
    ball.glide(point, before, gradient, length, step === 0 ? 1 : share);
    [point, before] = [before, point];
  }
}

/**
 * When APGD halves its step: at a checkpoint, if the loss rose in at most three quarters of the steps since the last,
 * or if the step was not halved there and no higher point was found since.
 */
class Checkpoints {
  private interval: number;
  private readonly shorter: number;
  private readonly shortest: number;
  private steps = -1;
  private rises = 0;
  private loss = NaN;
  private bestThen = NaN;
  private halved = true;

  constructor(steps: number) {
    const part = (percent: number) => Math.max(1, Math.floor((percent * steps) / 100));
    [this.interval, this.shorter, this.shortest] = [part(22), part(3), part(6)];
  }

  /** Told the loss at the start and after each step, and the highest so far. */
  halve(loss: number, best: number): boolean {
    this.steps++;
    this.rises += Number(loss > this.loss);
    this.loss = loss;
    if (this.steps === 0) this.bestThen = best;
    if (this.steps < this.interval) return false;
    const stuck = !this.halved && this.bestThen >= best;
    this.halved = this.rises <= 0.75 * this.interval || stuck;
    this.bestThen = best;
    this.interval = Math.max(this.interval - this.shorter, this.shortest);
    this.steps = this.rises = 0;
    return this.halved;
  }
}
