import type { AttackRow, RobustnessReport } from '../core/report.ts';

/** What the worst case is taken over. */
export function atLargestEpsilon({ attacks, threat }: RobustnessReport): AttackRow[] {
  return attacks.filter(({ epsilon }) => epsilon === threat.epsilon);
}
