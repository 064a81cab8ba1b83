import type { Answer, AttackContext, AttackSetting, Cost, Query } from '../../src/core/attack.ts';
import type { Loss } from '../../src/core/losses.ts';
import { choice, flag, wholeNumber } from '../../src/core/options.ts';
import { apgdL1Run, type SparseSettings } from './apgdL1Run.ts';
import { apgdRun } from './apgdRun.ts';
import type { Reached } from './iterates.ts';

/** Options that every APGD has, defaults as in AutoAttack. */
export const apgdOptions = {
  steps: wholeNumber({ default: 100, description: 'gradient steps of each run' }),
  radii: choice(['shrinking', 'fixed'], {
    default: 'shrinking',
    description: 'L1: balls of 3 and 2 epsilon first, or epsilon throughout',
  }),
  stopWhenFooled: flag({ default: true, description: 'end at the first success' }),
};

interface Runs extends Omit<SparseSettings, 'loss'> {
  readonly restarts: number;
}

/** Climbs each loss in turn from each start, until a run fools the model; else returns where the loss was highest. */
export function* apgd(context: AttackContext, losses: readonly Loss[], options: Runs): Generator<Query, Float32Array, Answer> {
  const run = context.norm === 'l1' ? apgdL1Run : apgdRun;
  let best: Reached = { adv: context.x, fooled: false, loss: -Infinity };
  for (const [k, loss] of losses.entries()) {
    for (let restart = 0; restart < options.restarts; restart++) {
      const reached = yield* run(context, { ...options, loss }, context.random.split(k).split(restart));
      if (reached.fooled) return reached.adv;
      if (reached.loss > best.loss) best = reached;
    }
  }
  return best.adv;
}

/** Each run also asks about its start, in L1 about the start in each ball. */
export function apgdCost({ norm }: Pick<AttackSetting, 'norm'>, losses: number, { steps, radii, restarts }: Runs): Cost {
  const starts = norm === 'l1' && radii === 'shrinking' ? 3 : 1;
  return { gradient: losses * restarts * (steps + starts), forward: 0 };
}
