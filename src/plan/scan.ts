import { UserError } from '../core/errors.ts';
import type { RobustnessReport } from '../core/report.ts';
import { writeReports } from '../report/write.ts';
import { measure } from './measure.ts';
import { openRecords } from './output.ts';
import { planOf } from './plan.ts';
import type { ScanRequest } from './plan.ts';
import type { ScanProgress } from './progress.ts';
import { reportOf } from './report.ts';
import { openSubject } from './subject.ts';
import type { Note } from './subject.ts';

export type { ScanProgress } from './progress.ts';

/** What a caller may follow or stop. */
export interface ScanEvents {
  progress?(progress: ScanProgress): void;
  /** A line the user should see: a default that was chosen, a fallback. */
  note?: Note;
  /** Stops the scan; the promise rejects with its reason, and the records so far are in `out`. */
  readonly signal?: AbortSignal;
}

/** Attacks a model on a dataset and reports how far its accuracy falls. */
export async function scan(request: ScanRequest = {}, events: ScanEvents = {}): Promise<RobustnessReport> {
  const started = performance.now();
  const listener = {
    note: (line: string) => events.note?.(line),
    progress: (progress: ScanProgress) => events.progress?.(progress),
    signal: events.signal,
  };
  const plan = planOf(request);
  const file = openRecords(plan.out);
  const subject = await openSubject(plan, listener.note);
  try {
    const measured = await measure(plan, subject, { ...listener, keep: (record) => file?.append(record) });
    const report = reportOf({ plan, subject, ...measured, elapsed: (performance.now() - started) / 1000 });
    if (plan.out !== undefined) await writeReports(plan.out, report, ['json']);
    return report;
  } catch (error) {
    if (error instanceof UserError) file?.discard();
    throw error;
  } finally {
    file?.close();
    subject.close();
  }
}
