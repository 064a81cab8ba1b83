import type { Check, RobustnessReport, Verdict } from '../core/report.ts';
import { against } from './statistics.ts';

/** What a scan may claim. A failed check, an attack's error among them, means that no figure can be vouched for. */
export function verdictOf(
  { interval }: RobustnessReport['worstCase'],
  checks: readonly Check[],
  atLeast: number | undefined,
): Verdict {
  if (checks.some(({ status }) => status === 'fail')) return 'inconclusive';
  return atLeast === undefined ? 'measured' : against(atLeast, interval);
}
