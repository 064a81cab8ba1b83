import * as v from 'valibot';
import { together } from '../src/core/attack.ts';
import { boxAround } from '../src/core/ball.ts';
import { choice, positive, wholeNumber } from '../src/core/options.ts';
import { Closest } from './parts/closest.ts';
import { ConstantSearch, stagnation } from './parts/constantSearch.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';
import { marginLoss } from './parts/marginLoss.ts';
import { refine, refinement, refinementCost } from './parts/refine.ts';
import { widest } from './parts/widest.ts';

/**
 * The elastic-net attack: FISTA on c · max(−margin, 0) + ‖δ‖₂² + β‖δ‖₁, with c searched for as C&W do it. Chen et al.
 * 2017, arXiv:1709.04114. As in the authors' code every step moves each coordinate β towards x, and the point looked
 * ahead to has the gradient. Defaults: 1,000 steps where they take up to 10,000; β .03, with which it ended closest in
 * L1 on the bundled model (authors' 1e-3, Foolbox .01); the closest in L1 counts, as that is what is measured. A search
 * ends early when a tenth of its steps gains less than a ten-thousandth, unless it has succeeded: near the boundary the
 * objective goes up and down. Perturbations count in widths of the box. A refinement at the end is ours.
 */
export const ead = defineGradientAttack({
  name: 'ead',
  summary: 'shrinking gradient steps on an elastic net of distances plus the margin',
  when: 'slow and thorough: a second opinion on small L1 perturbations',
  cost(setting, { steps, searches, refine: last }) {
    const { gradient, forward } = refinementCost(setting, last);
    return { gradient: steps * searches + gradient, forward: steps * searches + forward };
  },
  paper: '1709.04114',
  norms: ['l1'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    steps: wholeNumber({ default: 1000, description: 'the most gradient steps of a search' }),
    searches: wholeNumber({ default: 9, description: 'runs, each with another weight of the margin' }),
    learningRate: positive({ default: 0.01, description: 'first step; it falls with the square root of the steps left' }),
    firstConst: positive({ default: 0.001, description: 'first weight of the margin' }),
    beta: positive({ default: 0.03, description: 'how far every step moves a coordinate towards x, in widths of the box' }),
    rule: choice(['l1', 'en'], { default: 'l1', description: 'which success is kept: the closest in L1, or in the elastic net' }),
    refine: refinement,
  }),
  *run(context, { steps, searches, learningRate, firstConst, beta, rule, refine: last }) {
    const { x, bounds, goal } = context;
    const { lower, upper } = boxAround(x, bounds);
    const intoBox = (value: number, i: number) => Math.min(upper[i] as number, Math.max(lower[i] as number, value));
    const width = widest({ lower, upper }) || 1;
    const least = beta * width;
    const { loss, sign } = marginLoss(goal);
    const closest = new Closest(x, rule === 'l1' ? 'l1' : ({ l1, l2 }) => least * l1 + l2 * l2);
    const search = new ConstantSearch(firstConst);
    const [point, ahead] = [x.slice(), x.slice()];
    for (let round = 0; round < searches; round++) {
      const { c } = search;
      const stagnant = stagnation(steps);
      let succeeded = false;
      point.set(x);
      ahead.set(x);
      for (let step = 0; step < steps; step++) {
        const [here, next] = yield* together([{ want: 'scores', at: point }, { want: 'gradient', at: ahead, loss }]);
        if (!here || !next) throw new Error('two questions have two answers');
        if (here.fooled) closest.offer(point);
        if (next.fooled) closest.offer(ahead);
        succeeded ||= here.fooled || next.fooled;
        const rate = learningRate * Math.sqrt(1 - step / steps);
        const pull = next.fooled ? 0 : c * sign * width * width;
        const momentum = step / (step + 3);
        let net = 0;
        for (let i = 0; i < x.length; i++) {
          const [before, centre] = [point[i] as number, x[i] as number];
          net += (before - centre) ** 2 + least * Math.abs(before - centre);
          const change = (ahead[i] as number) - centre;
          const wanted = change - rate * (2 * change - pull * (next.gradient[i] as number));
          const kept = wanted - Math.min(least, Math.max(-least, wanted));
          const moved = intoBox(centre + kept, i);
          point[i] = moved;
          ahead[i] = intoBox(moved + momentum * (moved - before), i);
        }
        if (stagnant(net / width / width + c * Math.max(0, -goal.margin(here.logits))) && !succeeded) break;
      }
      search.learn(succeeded);
    }
    if (rule === 'l1') yield* refine(context, closest, last);
    return closest.adv;
  },
});
