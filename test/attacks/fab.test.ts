import { describe, expect, test } from 'vitest';
import { fab } from '../../attacks/fab.ts';
import { fabT } from '../../attacks/fabT.ts';
import type { Attack } from '../../src/core/attack.ts';
import { distances, type Norm } from '../../src/core/norms.ts';
import { parseOptions } from '../../src/core/options.ts';
import { outcomes } from '../support/attackRuns.ts';
import { linearOracle } from '../support/linearOracle.ts';

// x is of class 0; classes 1, 2 and 3 are 0.3, 0.2 and 0.1 less along their own coordinate alone.
const rows = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]];
const oracle = linearOracle(rows, [0.7, 0, 0, 0]);
const x = Float32Array.of(0.4, 0.5, 0.6);
const run = async (attack: Attack, options: Record<string, unknown> = {}, { norm = 'l2', epsilon = 0.5, target }: { norm?: Norm; epsilon?: number; target?: number } = {}) =>
  (await outcomes(attack, oracle, [{ id: 0, x, y: 0 }], { norm, epsilon, options, ...(target !== undefined && { target }) }))[0]!;

describe.each<Attack>([fab, fabT])('$name', (attack) => {
  test.each([['linf', 1.01], ['l2', 1.01], ['l1', 1.05]] as const)('finds the nearest of three boundaries in %s', async (norm, factor) => {
    const { record, point } = await run(attack, {}, { norm });
    expect(record).toMatchObject({ outcome: 'broken', adversarial: 3, smallest: distances(point!, x)[norm] });
    expect(record.smallest).toBeGreaterThan(0.1 - 1e-6);
    expect(record.smallest).toBeLessThan(factor * 0.1);
  });

  test('says how far away what it found is, be it beyond epsilon', async () => {
    const { record } = await run(attack, {}, { epsilon: 0.05 });
    expect(record.outcome).toBe('survived');
    expect(record.smallest).toBeCloseTo(0.1, 2);
  });

  test('ends at the first success within epsilon when told to', async () => {
    const { record } = await run(attack, { stopWithin: true, refine: 0 });
    expect(record.outcome).toBe('broken');
    expect(record.forwardQueries).toBe(1);
  });

  test('asks what it says it costs, of an example that survives', async () => {
    const options = { steps: 7, restarts: 2 };
    const cost = attack.cost({ norm: 'l2', classes: 4, size: 3 }, parseOptions(attack.name, attack.options, options));
    const { record } = await run(attack, options);
    expect({ gradient: record.gradientQueries, forward: record.forwardQueries }).toEqual(cost);
  });

  test('finds the boundary to the class it is told to', async () => {
    const { record } = await run(attack, {}, { target: 1 });
    expect(record).toMatchObject({ outcome: 'broken', target: 1, adversarial: 1 });
    expect(record.smallest).toBeGreaterThan(0.3 - 1e-6);
    expect(record.smallest).toBeLessThan(1.01 * 0.3);
  });
});

test('fab-t aims at the likeliest classes first', async () => {
  const { record } = await run(fabT, { targets: 1, refine: 0 });
  expect(record.adversarial).toBe(3);
  expect(record.gradientQueries).toBe(100);
});
