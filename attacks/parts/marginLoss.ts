import type { Goal } from '../../src/core/goal.ts';
import type { Loss } from '../../src/core/losses.ts';

/** How to ask for the gradient of the goal's margin: `sign` times this loss is the margin, which is above 0 once the goal is reached. */
export interface MarginLoss {
  readonly loss: Loss;
  readonly sign: 1 | -1;
}

/** Untargeted: max other − z_y. Targeted: z_t − max other, which is not the logit difference of the goal's named loss. */
export function marginLoss({ y, target }: Goal): MarginLoss {
  return target === undefined ? { loss: { margin: y }, sign: 1 } : { loss: { margin: target }, sign: -1 };
}
