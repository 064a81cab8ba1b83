import * as v from 'valibot';
import { defineAttack } from '../src/core/attack.ts';
import { distances } from '../src/core/norms.ts';
import { wholeNumber } from '../src/core/options.ts';
import { firstFooling } from './parts/firstFooling.ts';

/**
 * A control that knows nothing: Gaussian noise scaled to length epsilon, then clipped to the box. In L2 that is a
 * uniform direction. 100 draws, as Foolbox's L2RepeatedAdditiveGaussianNoiseAttack.
 */
export const gaussianNoise = defineAttack({
  name: 'gaussian-noise',
  summary: 'control: Gaussian noise of length epsilon',
  when: 'a control: what it breaks needs no attack, and an attack that finds less is at fault',
  cost: (_, { draws }) => ({ gradient: 0, forward: draws }),
  norms: ['linf', 'l2', 'l1'],
  knowledge: 'label',
  options: v.object({ draws: wholeNumber({ default: 100, description: 'points tried' }) }),
  *run({ x, epsilon, norm, ball: exact, random }, { draws }) {
    const ball = exact.projecting('clip');
    return yield* firstFooling(draws, (draw) => {
      const stream = random.split(draw);
      const noise = x.map(() => stream.normal());
      const scale = epsilon / distances(noise, new Float32Array(x.length))[norm];
      const point = x.map((value, i) => value + scale * (noise[i] as number));
      ball.project(point);
      return point;
    });
  },
});
