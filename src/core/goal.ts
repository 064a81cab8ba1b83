import { UserError } from './errors.ts';
import { lead, type Loss } from './losses.ts';

/** What the attack wants of the prediction; settles untargeted against targeted once. */
export interface Goal {
  readonly kind: 'untargeted' | 'targeted';
  /** The label of the clean example. */
  readonly y: number;
  /** The wanted class, when targeted. */
  readonly target?: number;
  /** The loss that rises towards the goal: cross-entropy of y, or minus that of the target. */
  readonly loss: Loss;
  /** Other losses that rise towards the goal, by name. */
  lossNamed(name: GoalLoss): Loss;
  /** How far beyond success the logits are: > 0 reached, ties are not. Targeted: z_t − max other; else max other − z_y. */
  margin(logits: ArrayLike<number>): number;
}

export const goalLosses = ['crossEntropy', 'margin', 'dlr'] as const;
export type GoalLoss = (typeof goalLosses)[number];

/** Any class but the label. */
export function untargeted(y: number, classes: number): Goal {
  const losses: Record<GoalLoss, Loss> = {
    crossEntropy: { crossEntropy: oneHot(y, classes) },
    margin: { margin: y },
    dlr: { dlr: y },
  };
  return {
    kind: 'untargeted',
    y,
    loss: losses.crossEntropy,
    lossNamed(name) {
      checkClasses(name, 3, classes);
      return losses[name];
    },
    margin: (logits) => -lead(y, logits),
  };
}

/** One wanted class. Its margin loss is the logit difference z_t − z_y; its DLR is the targeted one. */
export function targeted(y: number, target: number, classes: number): Goal {
  const losses: Record<GoalLoss, Loss> = {
    crossEntropy: { crossEntropy: oneHot(target, classes, -1) },
    margin: { linear: oneHot(target, classes).map((w, k) => w - Number(k === y)) },
    dlr: { targetedDlr: [y, target] },
  };
  return {
    kind: 'targeted',
    y,
    target,
    loss: losses.crossEntropy,
    lossNamed(name) {
      checkClasses(name, 4, classes);
      return losses[name];
    },
    margin: (logits) => lead(target, logits),
  };
}

function oneHot(hot: number, classes: number, value = 1): Float32Array {
  if (!(hot >= 0 && hot < classes)) throw new UserError(`class ${hot}: expected 0 to ${classes - 1}`);
  return new Float32Array(classes).fill(value, hot, hot + 1);
}

function checkClasses(name: GoalLoss, least: number, classes: number): void {
  if (name === 'dlr' && classes < least)
    throw new UserError(`loss 'dlr': expected a model of at least ${least} classes here, found ${classes}`);
}
