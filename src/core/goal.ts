import type { Loss } from './losses.ts';

/** What the attack wants of the prediction; settles untargeted against targeted once. */
export interface Goal {
  readonly kind: 'untargeted' | 'targeted';
  /** The label of the clean example. */
  readonly y: number;
  /** The wanted class, when targeted. */
  readonly target?: number;
  /** The loss that rises towards the goal: cross-entropy of y, or minus that of the target. */
  readonly loss: Loss;
  /** How far beyond success the logits are: > 0 reached, ties are not. Targeted: z_t − max other; else max other − z_y. */
  margin(logits: ArrayLike<number>): number;
}
