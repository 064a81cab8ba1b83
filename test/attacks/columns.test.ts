import { describe, expect, test } from 'vitest';
import { attacks } from '../../attacks/index.ts';
import { distances } from '../../src/core/norms.ts';
import { outcomes } from '../support/attackRuns.ts';
import { pairs } from './contract.ts';
import { beside, table, watched, wholeHyperplanes } from './tables.ts';

/** What the harness promises of every attack on a table, whatever the attack itself does. */
describe.each(pairs)('$name in $norm', ({ attack, norm, row }) => {
  test('leaves immutable columns alone and whole numbers whole, in every question and in what is judged', async () => {
    const { oracle, asked } = watched(table.oracle);
    const setting = { norm, epsilon: table.epsilons[norm], bounds: table.bounds, columns: table.columns, options: row.options ?? {} };
    const results = await outcomes(attack, oracle, (await table.examples()).slice(0, row.examples), setting);
    for (const { example, judged, record } of results) {
      expect(record.outcome).toMatch(/broken|survived/);
      if (attack.finds !== 'smallest') expect(distances(judged!, example.x)[norm]).toBeLessThanOrEqual(setting.epsilon);
    }
    for (const point of [...asked, ...results.map(({ judged }) => judged!)]) expect(table.faults(point)).toEqual([]);
    expect(results.some(({ example, judged }) => judged!.some((value, i) => value !== example.x[i]))).toBe(true);
  });

  if (typeof row.linear[norm] === 'string' || row.whole) return;

  test('breaks a linear model on whole numbers exactly when they can', async () => {
    for (const { example, oracle, columns, bounds, least } of wholeHyperplanes(norm)) {
      const outcome = async (epsilon: number) => (await outcomes(attack, oracle, [example], { norm, epsilon, bounds, columns, options: row.options ?? {} }))[0]!.record.outcome;
      expect(await outcome(least - 0.001)).toBe('survived');
      expect(await outcome(least)).toBe('broken');
    }
  });
});

/** A step towards the boundary moves both columns, and rounding takes back what it does to the one of whole numbers. */
test.each(['fab', 'fab-t', 'deepfool', 'cw', 'fmn', 'pgd', 'apgd-ce'])('%s crosses a boundary that a free column reaches beside a steeper one of whole numbers', async (name) => {
  const { oracle, example, columns, bounds } = beside;
  const [result] = await outcomes(attacks[name]!, oracle, [example], { norm: 'linf', epsilon: 1.2, bounds, columns });
  expect(result!.record.outcome).toBe('broken');
});
