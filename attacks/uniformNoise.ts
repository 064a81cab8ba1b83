import * as v from 'valibot';
import { defineAttack } from '../src/core/attack.ts';
import { wholeNumber } from '../src/core/options.ts';
import { firstFooling } from './parts/firstFooling.ts';

/**
 * A control that knows nothing: points drawn uniformly from the ball, clipped to the box. A model that this breaks
 * needs no attack, and an attack that finds less is at fault. 100 draws, as Foolbox's repeated noise attacks.
 */
export const uniformNoise = defineAttack({
  name: 'uniform-noise',
  summary: 'control: uniform draws from the ball',
  when: 'a control: what it breaks needs no attack, and an attack that finds less is at fault',
  cost: (_, { draws }) => ({ gradient: 0, forward: draws }),
  norms: ['linf', 'l2', 'l1', 'l0'],
  knowledge: 'label',
  options: v.object({ draws: wholeNumber({ default: 100, description: 'points tried' }) }),
  *run({ ball, random }, { draws }) {
    return yield* firstFooling(draws, (draw) => ball.sample(random.split(draw)));
  },
});
