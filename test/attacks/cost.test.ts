import { expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import type { Norm } from '../../src/core/norms.ts';
import { parseOptions } from '../../src/core/options.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { randomOf } from '../../src/core/random.ts';
import { outcomes } from '../support/attackRuns.ts';
import { linearOracle } from '../support/linearOracle.ts';
import { rows } from './contractRows.ts';

const shape = [4, 6, 1];
const size = 24;
const classes = 10;
const random = randomOf(3);
const weights = Array.from({ length: classes }, () => Array.from({ length: size }, () => Math.fround(random.normal())));
const flat = weights.map((w) => w.map(() => 0));
const first = weights.map((_, k) => Number(k === 0));

const image = (oracle: Oracle): Oracle => ({ ...oracle, inputShape: shape });
const x = Float32Array.from({ length: size }, () => random.uniform());
const logits = weights.map((w, k) => w.reduce((sum, weight, i) => sum + weight * x[i]!, first[k]!));
/** Nothing can be found; the boundary is too far; it is near. */
const cases = {
  flat: { oracle: image(linearOracle(flat, first)), y: 0, times: 1 },
  far: { oracle: image(linearOracle(weights, first)), y: logits.indexOf(Math.max(...logits)), times: 0.01 },
  near: { oracle: image(linearOracle(weights, first)), y: logits.indexOf(Math.max(...logits)), times: 1 },
};
const epsilons: Record<Norm, number> = { linf: 0.3, l2: 1, l1: 4, l0: 8 };

const priced = Object.entries(attacks).flatMap(([name, attack]) => attack.norms.map((one) => ({ name, attack, norm: one === 'none' ? ('linf' as const) : one })));

test.each(priced)('$name in $norm asks for no more than it says it does, and for half of that unless it converges', async ({ name, attack, norm }) => {
  const options = rows[name]?.options ?? {};
  const { gradient, forward } = attack.cost({ norm, classes, size }, parseOptions(name, attack.options, options));
  const asked: number[] = [];
  for (const { oracle, y, times } of Object.values(cases)) {
    const epsilon = norm === 'l0' ? Math.ceil(times * epsilons.l0) : times * epsilons[norm];
    const [run] = await outcomes(attack, oracle, [{ id: 0, x, y }], { norm, epsilon, options });
    expect(run!.record.error).toBeUndefined();
    expect(run!.record.gradientQueries).toBeLessThanOrEqual(gradient);
    expect(run!.record.forwardQueries).toBeLessThanOrEqual(forward);
    asked.push(run!.record.gradientQueries + run!.record.forwardQueries);
  }
  if (attack.finds !== 'smallest') expect(Math.max(...asked)).toBeGreaterThanOrEqual((gradient + forward) / 2);
});
