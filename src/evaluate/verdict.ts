import type { Check, Gate, GateId, Verdict } from '../core/report.ts';

/** They lie between two accuracies that both may be too high. */
const gaps: readonly GateId[] = ['class-gap', 'group-gap'];

/**
 * What a scan may claim. A failed check means that the figures may be too high: nothing counts as held then, though one
 * below its floor is below it all the same. Where an attack failed, its samples count as broken and nothing can be said.
 */
export function verdictOf(gates: readonly Gate[], checks: readonly Check[]): Verdict {
  const failed = checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
  if (failed.includes('attack-errors')) return 'inconclusive';
  const sure = failed.length === 0 ? gates : gates.filter(({ id }) => !gaps.includes(id));
  if (sure.some(({ status }) => status === 'missed')) return 'missed';
  if (failed.length > 0 || gates.some(({ status }) => status === 'inconclusive')) return 'inconclusive';
  return gates.length > 0 ? 'held' : 'measured';
}
