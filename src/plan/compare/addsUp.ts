import type { Right } from '../../evaluate/outcomes.ts';
import { Samples } from '../../evaluate/outcomes.ts';
import { epsilonsOfAttack } from './comparableScan.ts';
import type { ComparableScan } from './comparableScan.ts';

/** Whether the outcomes of a scan are those that its report counts: without attack, in the worst case, and under each attack. */
export function addsUp(scan: ComparableScan): boolean {
  const samples = new Samples();
  const outcomes = scan.outcomes(samples);
  const { clean, worstCase, attacks, dataset: { examples } } = scan.report;
  const sum = (right: Right) => samples.ids.filter((_, place) => right(place)).length;
  const underEach = scan.attacks.flatMap((planned) => epsilonsOfAttack(planned, scan).map((epsilon) => outcomes.rightUnder(planned.label, epsilon)));
  const found = [outcomes.rightWithoutAttack(), outcomes.rightUnderAll(), ...underEach].map(sum);
  const told = [clean.correct, ...[worstCase, ...attacks].map(({ robustAccuracy }) => Math.round(robustAccuracy * examples))];
  return samples.ids.length === examples && String(found) === String(told);
}
