import * as v from 'valibot';
import { type Answer, type AttackContext, defineAttack, type Query } from '../src/core/attack.ts';
import { flag, positive, wholeNumber } from '../src/core/options.ts';
import type { Random } from '../src/core/random.ts';
import { squareLinf } from './parts/squareLinf.ts';
import { squareShifts } from './parts/squareShifts.ts';

/**
 * Square: random search with squares, which sees logits only. Andriushchenko et al. 2020, arXiv:1912.00049. Defaults as
 * in AutoAttack: 5,000 proposals, one start, p = 0.8, halved at fixed numbers of proposals; margin loss. Ours never asks
 * about a Linf proposal that changes nothing, and its squares reach the last row and column. A table is one row of pixels.
 */
export const square = defineAttack({
  name: 'square',
  summary: 'random search with squares of shrinking size',
  when: 'needs no gradients: what it finds and gradient attacks do not, they miss for masked gradients',
  cost: (_, { queries, restarts }) => ({ gradient: 0, forward: restarts * (queries + 1) }),
  paper: '1912.00049',
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'scores',
  options: v.object({
    queries: wholeNumber({ default: 5000, description: 'proposals of each run' }),
    restarts: wholeNumber({ default: 1, description: 'runs from different starts' }),
    p: positive({ default: 0.8, description: 'share of the pixels in the first squares' }),
    rescale: flag({ default: false, description: 'fit the schedule of p to the queries, where it is made for 10,000' }),
  }),
  *run(context, { queries, restarts, p, rescale }) {
    const shareAt = (query: number) => p / 2 ** halvings(rescale ? (query / queries) * 10_000 : query);
    let best = { adv: context.x, margin: -Infinity };
    for (let restart = 0; restart < restarts; restart++) {
      const reached = yield* search(context, queries, shareAt, context.random.split(restart));
      if (reached.fooled) return reached.adv;
      if (reached.margin > best.margin) best = reached;
    }
    return best.adv;
  },
});

function* search(context: AttackContext, queries: number, shareAt: (query: number) => number, random: Random): Generator<Query, { adv: Float32Array; margin: number; fooled: boolean }, Answer> {
  const { norm, goal, ball } = context;
  const proposals = norm === 'linf' ? squareLinf(context, random) : squareShifts(context, random);
  const adv = proposals.start();
  let margin = -Infinity;
  for (let query = 0; ; query++) {
    const { logits, fooled } = yield { want: 'scores', at: adv };
    const reached = goal.margin(logits);
    if (fooled || query === 0 || reached > margin) {
      margin = reached;
      proposals.kept?.(adv);
    } else proposals.undo(adv);
    if (fooled || query === queries) {
      ball.project(adv);
      return { adv, margin, fooled };
    }
    proposals.propose(adv, shareAt(query));
  }
}

/** After how many proposals p is halved, of 10,000. */
const schedule = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

function halvings(query: number): number {
  let count = 0;
  while (count < schedule.length && query > (schedule[count] as number)) count++;
  return count;
}
