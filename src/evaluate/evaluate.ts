import type { Oracle } from '../core/oracle.ts';
import type { Example } from './example.ts';
import { sampleJob } from './sampleJob.ts';
import type { Emit, Trial } from './trial.ts';
import { schedule } from './scheduler.ts';
import type { SchedulerOptions } from './scheduler.ts';

/** Runs a trial on every example with one oracle in this thread. Examples are pulled as places become free. */
export async function evaluate(
  oracle: Oracle,
  examples: AsyncIterator<Example>,
  trial: Trial,
  emit: Emit,
  options: SchedulerOptions = {},
): Promise<void> {
  const jobs = {
    next: async () => {
      const next = await examples.next();
      return next.done ? ({ done: true, value: undefined } as const) : { value: sampleJob(next.value, trial, emit) };
    },
    return: async () => {
      await examples.return?.();
      return { done: true, value: undefined } as const;
    },
  };
  await schedule(oracle, jobs, options);
}
