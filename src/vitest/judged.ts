import type { Gate, RobustnessReport, Verdict } from '../core/report.ts';
import { gatesOf } from '../evaluate/gates/gatesOf.ts';
import { exactBounds } from '../evaluate/gates/shareBounds.ts';
import type { Thresholds } from '../evaluate/gates/thresholds.ts';
import { verdictOf } from '../evaluate/verdict.ts';
import { planOf } from '../plan/plan.ts';
import type { ScanRequest } from '../plan/plan.ts';
import { scanOnce } from './scanOnce.ts';

/** What a scan says about thresholds. */
export interface Judged {
  readonly report: RobustnessReport;
  readonly gates: readonly Gate[];
  readonly verdict: Verdict;
}

/** Scans, unless the same scan was made already, and holds its figures against the thresholds. */
export async function judged(request: ScanRequest, asked: Thresholds, confidence = 0.95): Promise<Judged> {
  const { thresholds, attacks } = planOf({ ...request, thresholds: asked, confidence });
  const report = await scanOnce(request);
  const labels = attacks.map(({ label }) => label);
  const gates = gatesOf(report, labels, thresholds, { bounds: await exactBounds(), confidence });
  return { report: { ...report, gates, confidence }, gates, verdict: verdictOf(gates, report.checks) };
}
