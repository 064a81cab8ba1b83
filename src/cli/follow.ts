import { stderr } from 'node:process';
import type { ScanEvents } from '../plan/scan.ts';
import { exitCodes } from './exitCodes.ts';
import { listenForInterrupts } from './interrupts.ts';
import { keepHeapSmall } from './keepHeapSmall.ts';
import type { Progress } from './progress.ts';

interface Shown {
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** Where the results of what runs are kept, should it be stopped. */
interface Keeping {
  readonly out?: string;
  readonly cache?: boolean | string;
}

/**
 * Runs what attacks models, with progress and notes on stderr, until its end or Ctrl-C. Undefined when it was stopped
 * before its end, which stderr and the exit code then tell.
 */
export async function follow<Result>(kept: Keeping, { quiet, verbose }: Shown, work: (events: ScanEvents) => Promise<Result>): Promise<Result | undefined> {
  keepHeapSmall();
  const { keptIn, leftBehind, Unfinished } = await import('../plan/unfinished.ts');
  const { openDisplay } = await import('./progress.ts');
  const display = await openDisplay(quiet);
  const interrupts = listenForInterrupts();
  let last: Progress | undefined;
  const progress = (at: Progress) => display.progress((last = at));
  try {
    return await work({ progress, note: display.note, ...(verbose && { detail: display.note }), signal: interrupts.signal });
  } catch (error) {
    const interrupted = error === interrupts.signal.reason ? interrupts.code() : undefined; // any other error counts, also after Ctrl-C
    const code = interrupted ?? (error instanceof Unfinished ? exitCodes.inconclusive : undefined);
    if (code === undefined) throw error;
    display.stop();
    stderr.write(`breakwater: ${error instanceof Unfinished ? error.message : leftBehind('interrupted', last, keptIn(kept))}\n`);
    process.exitCode = code;
    return undefined;
  } finally {
    interrupts.stop();
    display.stop();
  }
}
