import { describe, expect, test } from 'vitest';
import { attacks, suite } from '../../attacks/index.ts';
import type { AttackSpec } from '../../src/core/attack.ts';
import { UserError } from '../../src/core/errors.ts';
import * as breakwater from '../../src/index.ts';
import { planAttacks } from '../../src/plan/plannedAttacks.ts';

test('there is a builder for every attack, under the name of its export', () => {
  const built = Object.keys(suite).map((name) => (breakwater as unknown as Record<string, () => AttackSpec>)[name]!().name);
  expect(built).toEqual(Object.keys(attacks));
});

describe('a builder', () => {
  test('gives plain data that says what was asked, and means the same as text', () => {
    const spec = breakwater.pgd({ steps: 5, stepSize: '1/4' });
    expect(structuredClone(spec)).toEqual({ name: 'pgd', options: { steps: 5, stepSize: '1/4' } });
    expect(planAttacks([spec], 'linf')).toEqual(planAttacks('pgd(steps=5,stepSize=1/4)', 'linf'));
  });

  test('refuses what the attack does not know, where it is written', () => {
    expect(() => breakwater.pgd({ step: 3 } as object)).toThrow(UserError);
    expect(() => breakwater.pgd({ steps: 0 })).toThrow('pgd: steps: expected a whole number');
  });
});
