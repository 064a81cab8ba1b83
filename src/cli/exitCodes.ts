import type { ComparisonVerdict } from '../core/comparison.ts';
import type { Verdict } from '../core/report.ts';

/** What the shell sees. Of several, the first of 2, 1, 3, 0 counts. */
export const exitCodes = { held: 0, measured: 0, missed: 1, regressed: 1, inconclusive: 3 } as const satisfies Record<Verdict | ComparisonVerdict, number>;

/** Wrong usage or input, or a fault of ours: nothing was measured. */
export const couldNotRun = 2;
