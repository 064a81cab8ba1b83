import { expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { parseOptions } from '../../src/core/options.ts';
import { randomOf } from '../../src/core/random.ts';
import type { Oracle } from '../../src/core/oracle.ts';
import { outcomes } from '../support/attackRuns.ts';
import { linearOracle } from '../support/linearOracle.ts';

const gradientAttacks = Object.values(attacks).filter((attack) => attack.knowledge === 'gradient' && !attack.members);

test.each(gradientAttacks)('$name can average its gradients over draws', (attack) => {
  const setting = { norm: attack.norms[0] as 'linf', classes: 4, size: 12 };
  const [once, seven] = [1, 7].map((draws) => attack.cost?.(setting, parseOptions(attack.name, attack.options, { draws })));
  expect(seven).toEqual(once && { gradient: 7 * once.gradient, forward: once.forward });
});

test('one step along a gradient that is nearly all noise fails, along the mean of 400 draws it succeeds', async () => {
  const [broken, averaged] = await Promise.all([1, 400].map(async (draws) => {
    const results = await outcomes(attacks['fgsm']!, noisy(), examples, { norm: 'linf', epsilon: 0.1, options: { draws } });
    expect(results.every(({ record }) => record.gradientQueries === draws)).toBe(true);
    return results.filter(({ record }) => record.outcome === 'broken').length;
  }));
  expect(broken).toBeLessThan(5);
  expect(averaged).toBe(20);
});

const size = 16;
const examples = Array.from({ length: 20 }, (_, id) => ({ id, x: new Float32Array(size).fill(0.5 + id / 1000), y: 0 }));

/** z₀ − z₁ = 2 Σ (0.58 − x): at Linf distance of at most 0.08 from class 1. Every gradient has noise several times as large. */
function noisy(): Oracle {
  const oracle = linearOracle([[...new Float32Array(size).fill(-1)], [...new Float32Array(size).fill(1)]], [0.58 * size, -0.58 * size]);
  const random = randomOf(5);
  return {
    ...oracle,
    async gradient(points, losses, rows) {
      const { gradient, ...rest } = await oracle.gradient(points, losses, rows);
      return { ...rest, gradient: gradient.map((value) => value + random.normal()) };
    },
  };
}
