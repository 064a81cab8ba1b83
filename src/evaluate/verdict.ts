import type { Check, RobustnessReport, Verdict } from '../core/report.ts';
import { against } from './statistics.ts';

/**
 * What a scan may claim. A failed check means that the figure may be too high: it never counts as held, though one below
 * the floor is below it all the same. Where an attack failed, its samples count as broken and nothing can be said.
 */
export function verdictOf(
  { interval }: RobustnessReport['worstCase'],
  checks: readonly Check[],
  atLeast: number | undefined,
): Verdict {
  const failed = checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
  const verdict = atLeast === undefined ? 'measured' : against(atLeast, interval);
  if (failed.includes('attack-errors')) return 'inconclusive';
  return failed.length > 0 && verdict !== 'missed' ? 'inconclusive' : verdict;
}
