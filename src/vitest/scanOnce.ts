import type { RobustnessReport } from '../core/report.ts';
import type { ScanRequest } from '../plan/plan.ts';
import { scan } from '../plan/scan.ts';
import { filesOf } from './filesOf.ts';

/** By what decides the report; the thresholds asserted of it do not. */
const scans = new Map<string, Promise<RobustnessReport>>();
const objects = new WeakMap<object, number>();
let counted = 0;

/**
 * One scan for each question, however many thresholds a suite asserts of the answer. Other processes find its results in
 * the cache, by content.
 */
export function scanOnce(request: ScanRequest): Promise<RobustnessReport> {
  const key = keyOf(request);
  const known = scans.get(key);
  if (known) return known;
  const made = scan({ cache: true, ...request });
  scans.set(key, made);
  // What failed may do better next time.
  made.catch(() => scans.delete(key));
  return made;
}

function keyOf(request: ScanRequest): string {
  const { model, data, ...plain } = request;
  const opened = typeof model === 'object' ? [numberOf(model), model.sha256] : model;
  return JSON.stringify([opened, typeof data === 'object' ? numberOf(data) : data, filesOf(request), Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function numberOf(object: object): number {
  const known = objects.get(object) ?? ++counted;
  objects.set(object, known);
  return known;
}
