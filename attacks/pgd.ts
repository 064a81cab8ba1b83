import * as v from 'valibot';
import { projections } from '../src/core/ball.ts';
import { goalLosses } from '../src/core/goal.ts';
import { evaluateLoss } from '../src/core/losses.ts';
import { choice, flag, positiveOr, wholeNumber } from '../src/core/options.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';

/**
 * Projected gradient descent from random points of the ball. Madry et al. 2017, arXiv:1706.06083.
 * Defaults: 40 steps, as Madry's MNIST challenge; a step of 2.5 ε / steps, a rule that holds for every ε; one random
 * start. In L2 steps follow the normalised gradient, in L1 they are SLIDE's (arXiv:1904.13000). Of several restarts
 * the first success is returned, else the one whose goal loss ends highest.
 */
export const pgd = defineGradientAttack({
  name: 'pgd',
  summary: 'projected gradient steps from random points of the ball',
  when: 'the usual baseline; more steps and restarts find more',
  cost: (_, { steps, restarts }) => ({ gradient: steps * restarts, forward: restarts === 1 ? 0 : restarts }),
  paper: '1706.06083',
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'gradient',
  options: v.object({
    steps: wholeNumber({ default: 40, description: 'gradient steps of each restart' }),
    stepSize: positiveOr({ default: '2.5/steps', description: 'length of a step, in units of epsilon' }),
    restarts: wholeNumber({ default: 1, description: 'runs from different starts' }),
    randomStart: flag({ default: true, description: 'start at a random point of the ball, else at x' }),
    loss: choice(goalLosses, { default: 'crossEntropy', description: 'what the gradient ascends' }),
    projection: choice(projections, { default: 'exact', description: 'way back into ball and box' }),
    stopWhenFooled: flag({ default: true, description: 'end at the first success' }),
  }),
  *run({ x, epsilon, ball: exact, goal, random }, options) {
    const { steps, stepSize = 2.5 / steps, restarts, randomStart, stopWhenFooled } = options;
    const ball = exact.projecting(options.projection);
    const loss = goal.lossNamed(options.loss);
    let best = { adv: x, loss: -Infinity };
    for (let restart = 0; restart < restarts; restart++) {
      const adv = randomStart ? ball.sample(random.split(restart)) : x.slice();
      for (let step = 0; step < steps; step++) {
        const { gradient, fooled } = yield { want: 'gradient', at: adv, loss };
        if (fooled && stopWhenFooled) return adv;
        ball.step(adv, gradient, stepSize * epsilon);
      }
      if (restarts === 1) return adv;
      const { logits, fooled } = yield { want: 'scores', at: adv };
      if (fooled) return adv;
      const reached = evaluateLoss(loss, logits).loss;
      if (reached > best.loss) best = { adv, loss: reached };
    }
    return best.adv;
  },
});
