import * as v from 'valibot';
import { defineAttack } from '../src/core/attack.ts';
import { boxAround, type Region } from '../src/core/ball.ts';
import { distances } from '../src/core/norms.ts';
import { positive, wholeNumber } from '../src/core/options.ts';
import type { Random } from '../src/core/random.ts';
import { bisect } from './parts/bisect.ts';
import { labelBudget } from './parts/labelBudget.ts';
import { movedInBox } from './parts/movedInBox.ts';
import { noiseStart } from './parts/noiseStart.ts';

/** Every so many steps the point on the sphere is asked about as well, and both step lengths learn from it. */
const checkEvery = 5;
/** Answers that a length is judged by. */
const judgedBy = { sphere: 20, source: 10 };
/** Steps towards x shorter than this share of the distance end the walk. */
const shortest = 1e-7;

/**
 * The boundary attack: a random walk from labels alone. Each step goes along the sphere around x and then a little
 * towards x, and is kept if it still fools the model. Brendel et al. 2017, arXiv:1712.04248. Both steps begin at 0.01
 * of the distance and grow or shrink by 1.5 so that half of the points on the sphere fool, and a quarter of the steps.
 */
export const boundary = defineAttack({
  name: 'boundary',
  summary: 'label-only: a random walk along the decision boundary towards x',
  when: 'an independent second opinion on hopskipjump, which needs fewer labels',
  cost: (_, { queries }) => ({ gradient: 0, forward: queries }),
  paper: '1712.04248',
  norms: ['l2'],
  knowledge: 'label',
  finds: 'smallest',
  options: v.object({
    queries: wholeNumber({ default: 25_000, description: 'most labels asked for' }),
    sphericalStep: positive({ default: 0.01, description: 'first step along the sphere, as a share of the distance' }),
    sourceStep: positive({ default: 0.01, description: 'first step towards x, as a share of the distance' }),
    adaptation: positive({ default: 1.5, description: 'what the steps grow or shrink by' }),
  }),
  *run({ x, bounds, random }, { queries, sphericalStep, sourceStep, adaptation }) {
    const box = boxAround(x, bounds);
    const budget = labelBudget(queries, x.length);
    const start = yield* noiseStart(box, budget, random.split('start'));
    if (!start) return x.slice();
    const towards = (share: number) => x.map((value, i) => value + share * ((start[i] as number) - value));
    let adv = yield* bisect({ at: towards, far: start, high: 1, tolerance: 1e-3 }, budget);
    let distance = distances(adv, x).l2;
    const lengths = { sphere: sphericalStep, source: sourceStep };
    const seen = { sphere: rate(judgedBy.sphere), source: rate(judgedBy.source) };
    for (let step = 0; budget.left > 0 && lengths.source > shortest; step++) {
      const { onSphere, candidate } = propose(x, adv, lengths, box, random.split(step));
      const checking = step % checkEvery === 0;
      const staysOut = checking && (yield* budget.fools(onSphere));
      const fooled = yield* budget.fools(candidate);
      if (fooled && distances(candidate, x).l2 < distance) [adv, distance] = [candidate, distances(candidate, x).l2];
      if (!checking) continue;
      const factor = towardsShare(seen.sphere.add(staysOut), 0.2, 0.5, adaptation);
      lengths.sphere *= factor;
      lengths.source *= factor;
      if (staysOut) lengths.source *= towardsShare(seen.source.add(fooled), 0.1, 0.25, adaptation);
    }
    return adv;
  },
});

/** Says which share of the last `window` answers was yes, each time there are so many new ones. */
function rate(window: number) {
  let [asked, yes] = [0, 0];
  return {
    add(answer: boolean): number | undefined {
      asked++;
      yes += Number(answer);
      if (asked < window) return undefined;
      const share = yes / asked;
      [asked, yes] = [0, 0];
      return share;
    },
  };
}

/** What a step is multiplied by: longer when more than `most` succeed, shorter below `least`. */
function towardsShare(share: number | undefined, least: number, most: number, adaptation: number): number {
  if (share === undefined) return 1;
  return share > most ? adaptation : share < least ? 1 / adaptation : 1;
}

/**
 * A point along the sphere around x through adv, and one a little nearer to x, both clipped to the box; as x is in it,
 * that brings them nearer, if anything.
 */
function propose(
  x: Float32Array,
  adv: Float32Array,
  { sphere, source }: { readonly sphere: number; readonly source: number },
  box: Pick<Region, 'lower' | 'upper'>,
  random: Random,
): { onSphere: Float32Array; candidate: Float32Array } {
  const outward = new Float64Array(x.length);
  const eta = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    outward[i] = (adv[i] as number) - (x[i] as number);
    eta[i] = random.normal();
  }
  const squares = dot(outward, outward);
  addTo(eta, outward, -dot(eta, outward) / squares);
  addTo(outward, eta, sphere * Math.sqrt(squares / (dot(eta, eta) || 1)));
  const back = 1 / Math.sqrt(1 + sphere * sphere);
  return { onSphere: movedInBox(x, outward, back, box), candidate: movedInBox(x, outward, back * (1 - source), box) };
}

function addTo(a: Float64Array, b: Float64Array, scale: number): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) + scale * (b[i] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
