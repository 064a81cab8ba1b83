import { CannotWrite, UserError } from '../core/errors.ts';
import type { RobustnessReport } from '../core/report.ts';
import { removeComparison, writeReports } from '../report/write.ts';
import { Archive } from './records/archive.ts';
import { Cache } from './records/cache.ts';
import { writeGallery } from './gallery/galleryFile.ts';
import { measure } from './measure.ts';
import type { Identity } from './records/identity.ts';
import type { Listener, Measured } from './measure.ts';
import { OutFolder } from './records/outFolder.ts';
import { planOf } from './plan.ts';
import type { Plan, ScanRequest } from './plan.ts';
import { atEpsilons } from './attacks/plannedAttacks.ts';
import type { ScanProgress } from './progress.ts';
import { reportOf } from './report.ts';
import { shardText } from './shards/shard.ts';
import { shardEnd, writeShard } from './shards/shardFile.ts';
import { openSubject } from './subject.ts';
import type { Note, Subject } from './subject.ts';
import { limited } from './timeLimit.ts';
import { keptIn, leftBehind, Unfinished } from './unfinished.ts';

export type { ScanProgress } from './progress.ts';

/** What a caller may follow or stop. */
export interface ScanEvents {
  progress?(progress: ScanProgress): void;
  /** A line the user should see: a default that was chosen, a fallback. */
  note?: Note;
  /** A line for those who want to know more: how the engine was verified. */
  detail?: Note;
  /** Told what is about to be measured, before the first attack runs; what it throws ends the scan. */
  begun?(identity: Identity): void;
  /** Stops the scan; the promise rejects with its reason, and the records so far are in `out` and the cache. */
  readonly signal?: AbortSignal;
}

/**
 * Attacks a model on a dataset and reports how far its accuracy falls. With `out`, a scan that was stopped or killed
 * goes on where it was when it is asked for again.
 */
export async function scan(request: ScanRequest = {}, events: ScanEvents = {}): Promise<RobustnessReport> {
  const started = performance.now();
  const plan = planOf(request);
  const out = plan.out === undefined ? undefined : new OutFolder(plan.out);
  let last: ScanProgress | undefined;
  const timer = limited(plan.timeLimit, () => new Unfinished(leftBehind('time is up', last, keptIn(plan))));
  const follower = {
    note: (line: string) => events.note?.(line),
    detail: (line: string) => events.detail?.(line),
    begun: (identity: Identity) => events.begun?.(identity),
    progress: (progress: ScanProgress) => {
      last = progress;
      events.progress?.(progress);
    },
    signal: AbortSignal.any([timer.signal, ...(events.signal ? [events.signal] : [])]),
  };
  try {
    return await scanInto(out, plan, follower, started);
  } finally {
    timer.stop();
    out?.close();
  }
}

type Follower = Omit<Listener, 'begin'> & Required<Pick<ScanEvents, 'begun'>>;

async function scanInto(out: OutFolder | undefined, plan: Plan, follower: Follower, started: number): Promise<RobustnessReport> {
  const subject = await openSubject(plan, follower.note);
  try {
    const { gallery, ...measured } = await measureInto(out, plan, subject, follower);
    const report = reportOf({ ...measured, seconds: (performance.now() - started) / 1000 }, plan);
    if (measured.sequential?.report.stopped) out?.putFirst(measured.sequential.ids);
    if (plan.out !== undefined) {
      removeComparison(plan.out); // of the report that was here
      writeGallery(plan.out, gallery);
      if (plan.shard) writeShard(plan.out, shardEnd(plan, plan.shard, subject, measured.facts));
      await writeReports(plan.out, [{ report }], ['json']);
    }
    return report;
  } finally {
    subject.close();
  }
}

async function measureInto(out: OutFolder | undefined, plan: Plan, subject: Subject, follower: Follower): Promise<Measured> {
  let archive: Archive | undefined;
  const begin: Listener['begin'] = (identity, engine) => {
    follower.begun(identity);
    const begun = out?.begin({ identity, engine, ...(plan.shard && { shard: shardText(plan.shard) }) });
    const cache = plan.cache === undefined ? undefined : new Cache(plan.cache, identity, follower.note);
    archive = new Archive({ own: begun?.records, cache }, atEpsilons(plan.attacks, subject.epsilons));
    return { archive, engine: begun?.engine ?? engine };
  };
  try {
    return await measure(plan, subject, { ...follower, begin });
  } catch (error) {
    if (error instanceof UserError && !(error instanceof CannotWrite)) out?.discard();
    throw error;
  } finally {
    archive?.close();
  }
}
