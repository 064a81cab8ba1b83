import { prepare, type Prepared } from '../evaluate/attempt.ts';
import { settle } from '../evaluate/budget.ts';
import type { Trial } from '../evaluate/trial.ts';
import type { Adversary } from './adversary.ts';
import { rowsOf } from './fillBatch.ts';

const nothing = new Float32Array(0);

/**
 * Moves each row's perturbation by a step of ε along the slope that the training step has found anyhow; the next batch
 * begins with the perturbations of the one before. Shafahi et al. 2019, arXiv:1904.12843, algorithm 1.
 */
export function replayingAdversary(replays: number, rows: number, size: number, trial: Trial): Adversary {
  const delta = new Float32Array(rows * size);
  let prepared: Prepared[] = [];
  const advs = new Float32Array(rows * size);
  const row = (values: Float32Array, at: number): Float32Array => values.subarray(at * size, (at + 1) * size);
  return {
    replays,
    memory: new Map([['delta', delta]]),
    examples(batch) {
      prepared = rowsOf(batch).map((example) => prepare(example, { prediction: example.y, logits: nothing }, trial, trial.epsilon));
      for (const [at, { x, budget }] of prepared.entries()) {
        const own = row(delta, at);
        row(advs, at).set(settle(x.map((value, i) => value + (own[i] as number)), budget).point);
      }
      return Promise.resolve(advs);
    },
    follow(gradient) {
      for (const [at, { x, ball, budget }] of prepared.entries()) {
        const [point, own, slope] = [row(advs, at).slice(), row(delta, at), row(gradient, at).slice()];
        budget.restraint?.hold(slope);
        ball.step(point, slope, trial.epsilon);
        for (let i = 0; i < size; i++) own[i] = (point[i] as number) - (x[i] as number);
      }
    },
    close: () => Promise.resolve(),
  };
}
