import type { ScanProgress } from './progress.ts';

/** A scan that its time limit ended. There is no result: the accuracy of a part is not the accuracy. */
export class Unfinished extends Error {
  override readonly name = 'Unfinished';
}

/** How far a scan came that was stopped, and how to go on, in one line. */
export function leftBehind(why: string, at: Pick<ScanProgress, 'done' | 'total'> | undefined, kept: string | undefined): string {
  if (!at) return `${why}: nothing was run yet`;
  const share = `${at.done} of ${at.total} results`;
  if (kept === undefined) return `${why} after ${share}, no report; nothing is kept without --out DIR or the cache`;
  return `${why} after ${share}, no report; they are in ${kept}: run the same command again to go on from there`;
}

/** Where the results of a request are kept. */
export function keptIn({ out, cache }: { readonly out?: string | undefined; readonly cache?: boolean | string | undefined }): string | undefined {
  if (out !== undefined) return out;
  return cache === undefined || cache === false ? undefined : 'the cache';
}
