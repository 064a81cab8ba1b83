import type { Answer, AttackContext, Query } from '../../src/core/attack.ts';
import { adam } from './adam.ts';
import type { CarliniWagnerOptions } from './carliniWagnerOptions.ts';
import type { Closest } from './closest.ts';
import { ConstantSearch, stagnation } from './constantSearch.ts';
import { marginLoss } from './marginLoss.ts';
import { TanhBox } from './tanhBox.ts';

/** Minimises ‖δ‖² + c · max(−margin, 0) by Adam in tanh space, for each c of the search; δ in widths of the box. */
export function* carliniWagnerL2(
  { x, bounds, goal }: AttackContext,
  closest: Closest,
  { steps, learningRate, searches, firstConst }: CarliniWagnerOptions,
): Generator<Query, void, Answer> {
  const box = new TanhBox(x, bounds);
  const unit = box.width ** 2 || 1;
  const { loss, sign } = marginLoss(goal);
  const [point, slope, descent] = [x.slice(), x.slice(), x.slice()];
  const search = new ConstantSearch(firstConst);
  for (let round = 0; round < searches; round++) {
    const { c } = search;
    const w = box.start.slice();
    const direction = adam(w.length);
    const stagnant = stagnation(steps);
    let succeeded = false;
    for (let step = 0; step < steps; step++) {
      box.place(w, point, slope);
      const { gradient, logits, fooled } = yield { want: 'gradient', at: point, loss };
      if (fooled) closest.offer(point);
      succeeded ||= fooled;
      const pull = fooled ? 0 : c * sign;
      let squares = 0;
      for (let i = 0; i < w.length; i++) {
        const change = (point[i] as number) - (x[i] as number);
        squares += (change * change) / unit;
        descent[i] = ((2 * change) / unit - pull * (gradient[i] as number)) * (slope[i] as number);
      }
      if (stagnant(squares + c * Math.max(0, -goal.margin(logits)))) break;
      const by = direction(descent);
      for (let i = 0; i < w.length; i++) w[i] = (w[i] as number) - learningRate * (by[i] as number);
    }
    search.learn(succeeded);
  }
}
