import type { CurvePoint } from '../core/report.ts';

/** The epsilons of a curve, ascending. */
export function epsilonsIn(curve: readonly CurvePoint[]): number[] {
  return [...new Set(curve.map(({ epsilon }) => epsilon))].sort((a, b) => a - b);
}
