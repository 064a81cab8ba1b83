import { describe, expect, test } from 'vitest';
import { attacks, suite } from '../../attacks/index.ts';
import type { AttackSpec } from '../../src/core/attack.ts';
import { UserError } from '../../src/core/errors.ts';
import * as breakwater from '../../src/index.ts';
import { planOf } from '../../src/plan/plan.ts';
import { planAttacks } from '../../src/plan/attacks/plannedAttacks.ts';

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

  test('gives what has no options beside those', () => {
    const spec = { name: 'pgd', options: {}, steps: 40 };
    expect(() => planAttacks([spec], 'linf')).toThrow("unknown field of the attack pgd 'steps': known are ");
  });

  test('may tell the threat, which is then the scan\'s', () => {
    const built = breakwater.pgd({ steps: 5, norm: 'l2', epsilon: '1/2' });
    expect(built).toEqual({ name: 'pgd', options: { steps: 5 }, norm: 'l2', epsilon: '1/2' });
    expect(planOf({ attacks: [built, breakwater.fgsm()] })).toMatchObject({ norm: 'l2', epsilons: [0.5] });
  });

  test.each([
    [{ attacks: [breakwater.pgd({ epsilon: 0.1 }), breakwater.fgsm({ epsilon: 0.2 })] }, 'epsilon: expected one for all attacks of a scan, found 0.1 and 0.2'],
    [{ attacks: [breakwater.pgd({ norm: 'l2' })], norm: 'linf' }, 'norm: expected one for all attacks of a scan, found l2 and linf'],
  ] as const)('of another threat than the rest of the scan is refused (%#)', (request, message) => {
    expect(() => planOf(request)).toThrow(new UserError(message));
  });
});
