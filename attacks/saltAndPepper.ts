import * as v from 'valibot';
import { type Answer, defineAttack, type Query, together } from '../src/core/attack.ts';
import { boxAround } from '../src/core/ball.ts';
import { wholeNumber } from '../src/core/options.ts';
import type { Random } from '../src/core/random.ts';

/** Amounts of noise that are looked at together until one has fooled the model. */
const amounts = 16;

/**
 * Salt and pepper: values in a random order go to one end of the box or the other, and the fewest that fool the model
 * are kept. As Foolbox's SaltAndPepperNoiseAttack, but the amount is halved, not tried in steps, and an order is
 * dropped when one value less than the best so far does not do. On images each channel is a value of its own.
 */
export const saltAndPepper = defineAttack({
  name: 'salt-and-pepper',
  summary: 'label-only: random values go to the ends of the box, as few as fool the model',
  when: 'noise as sensors make it, without a search for the worst values: an upper end for L0',
  cost({ size }, { draws }) {
    const halvings = Math.ceil(Math.log2(size + 1));
    return { gradient: 0, forward: draws * Math.max(amounts, 1 + halvings) + halvings };
  },
  norms: ['l0'],
  knowledge: 'label',
  finds: 'smallest',
  options: v.object({ draws: wholeNumber({ default: 100, description: 'random orders tried' }) }),
  *run({ x, bounds, random }, { draws }) {
    const { lower, upper } = boxAround(x, bounds);
    let best: Noise = { count: Infinity, point: x.slice() };
    for (let draw = 0; draw < draws; draw++) {
      const stream = random.split(draw);
      const ends = x.map((_, i) => (stream.uniform() < 0.5 ? lower : upper)[i] as number);
      const order = shuffled(x.length, stream).filter((i) => ends[i] !== x[i]);
      const noisy = (count: number): Noise => {
        const point = x.slice();
        for (const i of order.slice(0, count)) point[i] = ends[i] as number;
        return { count, point };
      };
      best = (yield* less(noisy, order.length, best.count)) ?? best;
    }
    return best.point;
  },
});

interface Noise {
  readonly count: number;
  readonly point: Float32Array;
}

/** The least noise of this order that fools the model, if it is less than `than`. */
function* less(noisy: (count: number) => Noise, most: number, than: number): Generator<Query, Noise | undefined, Answer> {
  const counts = than === Infinity ? Array.from({ length: amounts }, (_, i) => Math.ceil((most * (i + 1)) / amounts)) : [Math.min(most, than - 1)];
  const noises = counts.map(noisy);
  const answers = yield* together(noises.map(({ point }) => ({ want: 'label', at: point })));
  const first = answers.findIndex(({ fooled }) => fooled);
  let found = noises[first];
  if (!found) return undefined;
  let tooFew = counts[first - 1] ?? 0;
  while (found.count - tooFew > 1) {
    const half = noisy(Math.floor((tooFew + found.count) / 2));
    if ((yield { want: 'label', at: half.point }).fooled) found = half;
    else tooFew = half.count;
  }
  return found;
}

/** Fisher and Yates. */
function shuffled(length: number, random: Random): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let last = length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
