import * as v from 'valibot';
import { together } from '../src/core/attack.ts';
import { boxAround } from '../src/core/ball.ts';
import type { Goal } from '../src/core/goal.ts';
import { distances } from '../src/core/norms.ts';
import { positive, wholeNumber } from '../src/core/options.ts';
import { byLogit } from './parts/byLogit.ts';
import { defineGradientAttack } from './parts/defineGradientAttack.ts';

/** What is added to every step's length, so that a point on the boundary, which is a tie, is left. */
const beyond = 1e-5;

/**
 * DeepFool: to the nearest of the boundaries, each taken for a plane, until the model is fooled. Moosavi-Dezfooli et al.
 * 2015, arXiv:1511.04599. Defaults as in Foolbox: overshoot .02, 50 steps, the 10 classes of the largest logits. With a
 * wanted class, which the paper does not have, each step crosses the boundary to the class that leads.
 */
export const deepfool = defineGradientAttack({
  name: 'deepfool',
  summary: 'step by step over the nearest linearised boundary',
  when: 'a quick estimate of the distance to the boundary; others get closer',
  cost: ({ classes }, { steps, candidates }) => ({ gradient: steps * (Math.min(candidates, classes) - 1), forward: steps }),
  paper: '1511.04599',
  norms: ['linf', 'l2'],
  knowledge: 'gradient',
  finds: 'smallest',
  options: v.object({
    steps: wholeNumber({ default: 50, description: 'linearisations' }),
    candidates: wholeNumber({ default: 10, least: 2, description: 'classes looked at, the label among them' }),
    overshoot: positive({ default: 0.02, description: 'share by which the perturbation is lengthened' }),
  }),
  *run({ x, norm, bounds, goal, classes, clean }, { steps, candidates, overshoot }) {
    const { lower, upper } = boxAround(x, bounds);
    const ranks = byLogit(clean.logits).slice(0, candidates);
    const origin: Float32Array = new Float32Array(x.length);
    const total = new Float64Array(x.length);
    const adv = x.slice();
    const dual = norm === 'linf' ? 'l1' : 'l2';
    for (let step = 0; step < steps; step++) {
      const { logits, fooled } = yield { want: 'scores', at: adv };
      if (fooled) break;
      const weights = boundaries(goal, logits, ranks).map((pair) => difference(pair, classes));
      const planes = yield* together(weights.map((linear) => ({ want: 'gradient', at: adv, loss: { linear } })));
      let nearest = { distance: Infinity, slope: 0, normal: origin };
      for (const { loss, gradient: normal } of planes) {
        const slope = distances(normal, origin)[dual];
        const distance = Math.abs(loss) / slope;
        if (distance < nearest.distance) nearest = { distance, slope, normal };
      }
      const { distance, slope, normal } = nearest;
      if (distance === Infinity) break; // no boundary moves with x
      for (let i = 0; i < x.length; i++) {
        const g = normal[i] as number;
        total[i] = (total[i] as number) + (distance + beyond) * (norm === 'linf' ? Math.sign(g) : g / slope);
        const moved = (x[i] as number) + (1 + overshoot) * (total[i] as number);
        adv[i] = Math.min(upper[i] as number, Math.max(lower[i] as number, moved));
      }
    }
    return adv;
  },
});

type Pair = readonly [over: number, under: number];

/** Of each pair the first class is to overtake the second. */
function boundaries({ y, target }: Goal, logits: Float32Array, ranks: readonly number[]): Pair[] {
  if (target === undefined) return ranks.filter((k) => k !== y).map((k) => [k, y]);
  return byLogit(logits).filter((k) => k !== target).slice(0, 1).map((leader) => [target, leader]);
}

function difference([over, under]: Pair, classes: number): Float32Array {
  const w = new Float32Array(classes);
  w[over] = 1;
  w[under] = -1;
  return w;
}
