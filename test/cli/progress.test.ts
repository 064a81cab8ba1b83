import { stderr } from 'node:process';
import { afterEach, expect, test, vi } from 'vitest';
import { openDisplay } from '../../src/cli/progress.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test.runIf(!stderr.isTTY)('a scan says now and then how far it is, also while nothing new was run', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const shown = vi.spyOn(stderr, 'write').mockReturnValue(true);
  const display = await openDisplay(false);
  const at = { total: 900, attack: 'pgd' };
  display.progress({ ...at, done: 1, rate: 0, secondsLeft: Infinity });
  vi.advanceTimersByTime(6_000);
  display.progress({ ...at, done: 300, rate: 0, secondsLeft: Infinity });
  vi.advanceTimersByTime(6_000);
  display.progress({ ...at, done: 400, rate: 50, secondsLeft: 10 });
  expect(shown.mock.calls.map(([line]) => line)).toEqual(['pgd: 300 of 900, known already\n', 'pgd: 400 of 900, 50/s, 10.0 s left\n']);
});
