/** `import 'breakwater/vitest'`: matchers that hold a model against robustness thresholds. Each is awaited. */
import { expect } from 'vitest';
import type { AttackSpec } from '../core/attack.ts';
import { toHaveCleanAccuracy } from './toHaveCleanAccuracy.ts';
import type { CleanAccuracyOptions } from './toHaveCleanAccuracy.ts';
import { toHoldAgainstBaseline } from './toHoldAgainstBaseline.ts';
import type { BaselineOptions } from './toHoldAgainstBaseline.ts';
import { toWithstand } from './toWithstand.ts';
import type { WithstandOptions } from './toWithstand.ts';

expect.extend({ toWithstand, toHaveCleanAccuracy, toHoldAgainstBaseline });

export interface RobustnessMatchers {
  /**
   * The accuracy under the attack is at least so much: the whole interval is. `expect(model)` takes a path or what
   * `openModel` gave. Fails where the samples or a failed check leave it open, and then also with `.not`.
   */
  toWithstand(attack: string | AttackSpec | readonly AttackSpec[], options: WithstandOptions): Promise<void>;
  /** The same of the accuracy without an attack. */
  toHaveCleanAccuracy(options: CleanAccuracyOptions): Promise<void>;
  /**
   * Scanned as the baseline was, on the same samples, the model has lost no more of the worst case than it may. `path`: a
   * file that `breakwater check --update-baseline` wrote, `FILE#SCENARIO` where it has several.
   */
  toHoldAgainstBaseline(path: string, options?: BaselineOptions): Promise<void>;
}

declare global {
  // The only interface among vitest's assertions that has the same type parameters in its versions 4 and 5: none.
  // eslint-disable-next-line @typescript-eslint/no-namespace -- it is one
  namespace Chai {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- TypeScript merges interfaces only
    interface Assertion extends RobustnessMatchers {}
  }
}

export type { CleanAccuracyOptions } from './toHaveCleanAccuracy.ts';
export type { BaselineOptions } from './toHoldAgainstBaseline.ts';
export type { WithstandOptions } from './toWithstand.ts';
