import type { Verdict } from '../core/report.ts';

/** Of several the first that occurs counts. */
const order = ['missed', 'inconclusive', 'held', 'measured'] as const satisfies readonly Verdict[];

/** What several scans may claim together. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'measured';
}
