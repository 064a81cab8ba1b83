import { UserError } from '../../core/errors.ts';
import type { Norm } from '../../core/norms.ts';
import { parseNumber } from '../../core/number.ts';

/** One epsilon or several, as numbers or as people write them: `8/255`, `2/255,4/255,8/255`. */
export type Epsilons = number | string | readonly (number | string)[];

/** What was asked for, ascending, each once. */
export function epsilonsOf(written: Epsilons | undefined): readonly number[] | undefined {
  if (written === undefined) return undefined;
  const parts = typeof written === 'object' ? written : String(written).split(',');
  if (parts.length === 0) throw new UserError('epsilon: expected at least one number, found none');
  const epsilons = parts.map((part) => {
    const epsilon = parseNumber(part);
    if (Number.isFinite(epsilon)) return epsilon;
    throw new UserError(`epsilon: expected a number or a fraction such as 8/255, or several between commas, found '${part}'`);
  });
  return [...new Set(epsilons)].sort((a, b) => a - b);
}

/** Of epsilon: denser where accuracy falls fastest. */
const shares = [1 / 8, 1 / 4, 1 / 2, 3 / 4, 1];

/** Where a curve up to epsilon is measured. In L0 epsilon counts. */
export function curveUpTo(epsilon: number, norm: Norm): number[] {
  const points = shares.map((share) => (norm === 'l0' ? Math.max(1, Math.round(share * epsilon)) : share * epsilon));
  return [...new Set(points)];
}
