import type { Answer, AttackContext, Query } from '../../core/attack.ts';
import { ballOf } from '../../core/ball.ts';
import { distances } from '../../core/norms.ts';
import type { PlannedAttack } from '../trial.ts';
import type { Look } from './probe.ts';

/** Other examples that are tried, steps on the way to one, halvings of the step in which the model changes its mind. */
const [mostOthers, strides, halvings] = [8, 32, 12];
/** Share of epsilon between the planted example and the known adversarial one. */
const distance = 0.9;

/**
 * Walks from x towards another example until the goal is reached, goes back by 0.9 ε, and runs the attack from there:
 * the adversarial example that it should find is known to be inside epsilon.
 */
export function planted({ attack, options }: PlannedAttack, others: readonly Float32Array[], count: { tried: number; found: number }): Look {
  return function* (context) {
    const { norm, epsilon, bounds, random } = context;
    const x = yield* planting(context, others);
    if (!x) return;
    const logits = (yield { want: 'scores', at: x }).logits.slice();
    if (context.goal.margin(logits) >= 0) return; // the way crosses the boundary more than once
    count.tried++;
    const around = { x: x.slice(), ball: ballOf({ x: x.slice(), norm, epsilon, bounds }) };
    const returned = yield* attack.run({ ...context, ...around, clean: { logits }, random: random.split('planted') }, options);
    const adv = returned instanceof Float32Array ? returned : returned.adv;
    const { fooled } = yield { want: 'label', at: adv };
    if (fooled && distances(x, adv)[norm] <= epsilon * (1 + 1e-6)) count.found++;
  };
}

/** A point from which one that reaches the goal is known to lie within epsilon; undefined where no way leads to one. */
function* planting({ x, norm, epsilon, random }: AttackContext, others: readonly Float32Array[]): Generator<Query, Float32Array | undefined, Answer> {
  for (let trial = 0; trial < Math.min(mostOthers, others.length); trial++) {
    const other = others[random.split(trial).integer(others.length)] as Float32Array;
    const at = (share: number) => x.map((value, i) => value + share * ((other[i] as number) - value));
    const across = yield* crossing(at);
    if (across === undefined) continue;
    return at(Math.max(0, across - (distance * epsilon) / distances(x, other)[norm]));
  }
  return undefined;
}

/** The smallest share of the way, as far as halving finds it, at which the goal is reached. */
function* crossing(at: (share: number) => Float32Array): Generator<Query, number | undefined, Answer> {
  if (!(yield { want: 'label', at: at(1) }).fooled) return undefined;
  let beyond = 1;
  for (let stride = strides - 1; stride > 0; stride--) if ((yield { want: 'label', at: at(stride / strides) }).fooled) beyond = stride / strides;
  let before = beyond - 1 / strides;
  for (let half = 0; half < halvings; half++) {
    const middle = (before + beyond) / 2;
    if ((yield { want: 'label', at: at(middle) }).fooled) beyond = middle;
    else before = middle;
  }
  return beyond;
}
