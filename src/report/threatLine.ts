import type { RobustnessReport } from '../core/report.ts';
import { epsilonText, normNames, targetName } from './figures.ts';

/** What an attacker may do, in one line. */
export function threatLine({ norm, target, bounds, immutable, integer }: RobustnessReport['threat'], epsilons: readonly number[]): string {
  const parts = [normNames[norm], `epsilon ${epsilons.map(epsilonText).join(', ')}`, `bounds ${typeof bounds === 'string' ? bounds : `[${bounds.join(', ')}]`}`];
  if (target !== undefined) parts.push(`aimed at ${targetName(target)}`);
  if (immutable) parts.push(`immutable ${immutable.join(' ')}`);
  if (integer) parts.push(`whole numbers ${integer.join(' ')}`);
  return parts.join(', ');
}
