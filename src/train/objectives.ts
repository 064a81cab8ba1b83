import { range } from '../graph/broadcast.ts';
import type { Builder } from '../graph/builder.ts';
import type { Value } from '../graph/ir.ts';
import type { Objective } from '../graph/trainingGraph.ts';

export interface CrossEntropyOptions {
  /** Share of the label's weight that is spread over all classes. */
  readonly labelSmoothing?: number;
}

/** −Σ y_k log p_k: plain training on clean examples, adversarial training on adversarial ones. */
export function crossEntropy({ labelSmoothing = 0 }: CrossEntropyOptions = {}): Objective {
  return {
    name: 'crossEntropy',
    views: 1,
    loss: (g, [z], y) => entropy(g, logP(g, z as Value), smoothed(g, y, labelSmoothing)),
  };
}

export interface TradesOptions extends CrossEntropyOptions {
  /** Weight of the divergence: 6 on CIFAR-10, 1 on MNIST, in the paper. */
  readonly beta?: number;
}

/** CE(clean) + β · KL(clean ‖ adv), differentiated through both. Zhang et al. 2019, arXiv:1901.08573. */
export function trades({ beta = 6, labelSmoothing = 0 }: TradesOptions = {}): Objective {
  return {
    name: 'trades',
    views: 2,
    loss(g, logits, y) {
      const [clean, adv] = logits.map((z) => logP(g, z)) as [Value, Value];
      return g.add(entropy(g, clean, smoothed(g, y, labelSmoothing)), g.mul(divergence(g, clean, adv), beta));
    },
  };
}

export interface MartOptions {
  readonly beta?: number;
}

/** Keep logarithms finite where a float32 probability is exactly 1, or its rest exactly 0. */
const [beyondOne, aboveZero] = [1.0001, 1e-12];

/**
 * BCE(adv) + β · KL(clean ‖ adv) · (1 − p_y(clean)), with the boosted cross-entropy BCE = −log p_y − log(1 − max_{k≠y} p_k).
 * Misclassified examples weigh more. Wang et al. 2020, "Improving Adversarial Robustness Requires Revisiting Misclassified
 * Examples" (ICLR). y is a class, not a distribution.
 */
export function mart({ beta = 5 }: MartOptions = {}): Objective {
  return {
    name: 'mart',
    views: 2,
    loss(g, logits, y) {
      const [clean, adv] = logits.map((z) => logP(g, z)) as [Value, Value];
      const rival = g.op('ReduceMax', [g.sub(g.op('Exp', [adv]), y)], { axes: [1], keepdims: 0 });
      const boosted = g.sub(entropy(g, adv, y), g.op('Log', [g.add(g.sub(beyondOne, rival), aboveZero)]));
      const doubt = g.sub(1, sumOver(g, g.mul(g.op('Exp', [clean]), y)));
      return g.add(boosted, g.mul(g.mul(divergence(g, clean, adv), doubt), beta));
    },
  };
}

const logP = (g: Builder, z: Value): Value => g.op('LogSoftmax', [z], { axis: 1 });

const sumOver = (g: Builder, x: Value): Value => g.op('ReduceSum', [x], { axes: range(1, x.shape.length), keepdims: 0 });

const entropy = (g: Builder, log: Value, y: Value): Value => g.op('Neg', [sumOver(g, g.mul(y, log))]);

/** KL(clean ‖ adv) = Σ p (log p − log q) of each row. */
const divergence = (g: Builder, clean: Value, adv: Value): Value => sumOver(g, g.mul(g.op('Exp', [clean]), g.sub(clean, adv)));

function smoothed(g: Builder, y: Value, share: number): Value {
  const classes = y.shape[1] as number;
  return share === 0 ? y : g.add(g.mul(y, 1 - share), share / classes);
}
