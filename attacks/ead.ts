import * as v from 'valibot';
import { together } from '../src/core/attack.ts';
import { boxAround } from '../src/core/ball.ts';
import { choice, positive, wholeNumber } from '../src/core/options.ts';
import { Closest } from './closest.ts';
import { ConstantSearch, stagnation } from './constantSearch.ts';
import { defineGradientAttack } from './defineGradientAttack.ts';
import { marginLoss } from './marginLoss.ts';

/**
 * Elastic-net attack: FISTA on c · max(−margin, 0) + ‖δ‖₂² + β‖δ‖₁. Chen et al. 2017, arXiv:1709.04114.
 */
export const ead = defineGradientAttack({
  name: 'ead',
  summary: 'smallest L1 perturbation: shrinking gradient steps on distance plus margin',
  paper: '1709.04114',
  norms: ['l1'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    steps: wholeNumber({ default: 1000, description: 'the most gradient steps of a search' }),
    learningRate: positive({ default: 0.01, description: 'first step; it falls to 0 with the square root of the steps left' }),
    searches: wholeNumber({ default: 9, description: 'weights c tried' }),
    firstConst: positive({ default: 0.001, description: 'first weight c of the margin' }),
    beta: positive({ default: 0.01, description: 'what every step moves a coordinate towards x' }),
    rule: choice(['l1', 'en'], { default: 'l1', description: 'which success is kept: the closest in L1 or in the elastic net' }),
  }),
  *run({ x, bounds, goal }, { steps, learningRate, searches, firstConst, beta, rule }) {
    const { lower, upper } = boxAround(x, bounds);
    const { loss, sign } = marginLoss(goal);
    const closest = new Closest(x, rule === 'l1' ? 'l1' : ({ l1, l2 }) => beta * l1 + l2 * l2);
    const search = new ConstantSearch(firstConst);
    for (let round = 0; round < searches; round++) {
      const { c } = search;
      const [point, ahead] = [x.slice(), x.slice()];
      const stagnant = stagnation(steps);
      let succeeded = false;
      for (let step = 0; step < steps; step++) {
        const [slope, here] = yield* together([{ want: 'gradient', at: ahead, loss }, { want: 'scores', at: point }]);
        if (!slope || !here) throw new Error('unanswered');
        if (here.fooled) closest.offer(point);
        if (slope.fooled) closest.offer(ahead);
        succeeded ||= here.fooled;
        const rate = learningRate * Math.sqrt(1 - step / steps);
        const pull = slope.fooled ? 0 : c * sign;
        const momentum = step / (step + 3);
        let [squares, sum] = [0, 0];
        for (let i = 0; i < x.length; i++) {
          const [before, centre, from] = [point[i] as number, x[i] as number, ahead[i] as number];
          squares += (before - centre) ** 2;
          sum += Math.abs(before - centre);
          const change = from - centre - rate * (2 * (from - centre) - pull * (slope.gradient[i] as number));
          const kept = change - Math.min(beta, Math.max(-beta, change));
          const moved = Math.min(upper[i] as number, Math.max(lower[i] as number, centre + kept));
          point[i] = moved;
          ahead[i] = Math.min(upper[i] as number, Math.max(lower[i] as number, moved + momentum * (moved - before)));
        }
        if (stagnant(squares + beta * sum + c * Math.max(0, -goal.margin(here.logits))) && !succeeded) break;
      }
      search.learn(succeeded);
    }
    return closest.adv;
  },
});
