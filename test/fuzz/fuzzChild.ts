/** A process of its own for damaged files: gets the number of a case, answers with its verdict and its peak of memory. */
import process from 'node:process';
import { runCase, type Verdict } from './fuzzCase.ts';
import { seedFiles, type Group } from './seedFiles.ts';

export interface Answer {
  readonly number: number;
  readonly verdict: Verdict;
  /** Of the process so far, in bytes. */
  readonly peak: number;
}

const seeds = await seedFiles(process.argv[2] as Group | undefined);
process.on('message', (number: number) => {
  void runCase(seeds, number).then((verdict) => process.send?.({ number, verdict, peak: 1024 * process.resourceUsage().maxRSS } satisfies Answer));
});
process.send?.('ready');
