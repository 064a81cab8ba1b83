import type { RobustnessReport } from '../../core/report.ts';
import type { ScanRequest } from '../plan.ts';
import { scan } from '../scan.ts';
import type { ScanEvents, ScanProgress } from '../scan.ts';
import { keptIn, leftBehind, Unfinished } from '../unfinished.ts';

/** How a scan that is one of several goes by, and whether the folder it is made in stays. */
export interface ScanName {
  /** Absent of a single one. */
  readonly name?: string;
  readonly kept: boolean;
}

/** One of several scans: what is said of it begins with its name. */
export async function namedScan(request: ScanRequest & { readonly out: string }, { name, kept }: ScanName, events: ScanEvents): Promise<RobustnessReport> {
  const lead = name === undefined ? '' : `${name}: `;
  let last: ScanProgress | undefined;
  const progress = (at: ScanProgress) => {
    last = at;
    events.progress?.({ ...at, attack: `${lead}${at.attack}` });
  };
  const told = (note: ((line: string) => void) | undefined) => (line: string) => note?.(`${lead}${line}`);
  try {
    return await scan(request, { ...events, progress, note: told(events.note), detail: told(events.detail) });
  } catch (error) {
    if (!(error instanceof Unfinished)) throw error;
    // What is kept in a folder that goes is not kept.
    throw new Unfinished(leftBehind(`${lead}time is up`, last, kept ? request.out : keptIn({ cache: request.cache })));
  }
}
