import { describe, expect, test } from 'vitest';
import { choose } from '../../src/train/choose.ts';
import { learningRate } from '../../src/train/learningRate.ts';
import { schedules } from '../../src/train/schedules/index.ts';

const run = (name: string, { options = {}, steps = 8, peak = 0.2, warmUp = 0 } = {}) => {
  const schedule = choose('schedule', schedules, { name, options });
  return Array.from({ length: steps }, (_, step) => learningRate(schedule, { peak, steps, warmUp }, step));
};
const close = (found: readonly number[], expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  found.forEach((rate, step) => expect(rate).toBeCloseTo(expected[step]!, 12));
};

describe('the learning rate', () => {
  test('of cyclic rises and falls in straight lines', () => {
    close(run('cyclic'), [0.025, 0.075, 0.125, 0.175, 0.175, 0.125, 0.075, 0.025]);
  });

  test('of cyclic may have its peak elsewhere', () => {
    close(run('cyclic', { options: { peakAt: 0.25 }, peak: 1 }), [0.25, 0.75, 11 / 12, 9 / 12, 7 / 12, 5 / 12, 3 / 12, 1 / 12]);
    close(run('cyclic', { options: { peakAt: '0' }, steps: 2, peak: 1 }), [0.75, 0.25]);
  });

  test('of step drops where Madry et al. dropped it', () => {
    const schedule = choose('schedule', schedules, { name: 'step' });
    const at = (step: number) => learningRate(schedule, { peak: 0.1, steps: 80_000, warmUp: 0 }, step);
    close([0, 39_999, 40_000, 59_999, 60_000, 79_999].map(at), [0.1, 0.1, 0.01, 0.01, 0.001, 0.001]);
  });

  test('of cosine is symmetric about half the peak', () => {
    const rates = run('cosine', { peak: 1, steps: 4 });
    close(rates, [1, 3, 5, 7].map((eighths) => (1 + Math.cos((Math.PI * eighths) / 8)) / 2));
    close([rates[0]! + rates[3]!, rates[1]! + rates[2]!], [1, 1]);
    close(run('cosine', { peak: 1, steps: 1, options: { last: 0.5 } }), [0.75]);
  });

  test('of constant is the peak', () => close(run('constant', { steps: 2 }), [0.2, 0.2]));

  test('is brought up in a straight line by a warm-up', () => {
    close(run('constant', { warmUp: 4, peak: 1 }), [0.125, 0.375, 0.625, 0.875, 1, 1, 1, 1]);
    close(run('step', { warmUp: 2, peak: 1 }), [0.25, 0.75, 1, 1, 0.1, 0.1, 0.01, 0.01]);
  });

  test.each(Object.keys(schedules))('of %s never exceeds its peak, and is never 0 within a run', (name) => {
    for (const steps of [1, 2, 3, 1000]) {
      expect(Math.max(...run(name, { steps }))).toBeLessThanOrEqual(0.2);
      expect(Math.min(...run(name, { steps }))).toBeGreaterThan(0);
    }
  });
});

test('an unknown schedule is refused', () => {
  expect(() => run('linear')).toThrow(/unknown schedule 'linear': known are /);
  expect(() => run('cyclic', { options: { peakAt: 1 } })).toThrow('cyclic: peakAt: expected a number ≥ 0 and < 1, found 1');
});
