import type { SampleRecord } from '../core/record.ts';
import type { AskedAttack, Threat } from './aggregator.ts';
import { foundAt } from './attackTally.ts';

/** The smallest epsilon at which a sample that did not survive an attack counts as fallen. */
export function fallsAt(record: SampleRecord, { attack, epsilon }: AskedAttack, threat: Threat): number {
  if (attack.finds !== 'smallest') return epsilon ?? threat.epsilon;
  return record.outcome === 'broken' ? (foundAt(record, threat.norm) ?? 0) : 0;
}
