import { notNegative } from '../../core/options.ts';
import type { Moving, Pace } from './optimizer.ts';

/** Adam's decay rates, as its paper has them. */
export const momentRates = {
  beta1: notNegative({ default: 0.9, below: 1, description: 'share of the mean gradient that each step keeps' }),
  beta2: notNegative({ default: 0.999, below: 1, description: 'share of the mean squared gradient that each step keeps' }),
};

interface MomentOptions {
  readonly beta1: number;
  readonly beta2: number;
  /** The L2 penalty's share of w, in the gradient. */
  readonly penalty: number;
  /** The share of w that the learning rate takes away beside Adam's step. */
  readonly decay: number;
}

const tiny = 1e-8;

/** Kingma and Ba 2014, algorithm 1: m and v are running means of g and g², corrected for having started at 0. */
export function moveByMoments({ weights, gradient, memory: { m, v } }: Moving<'m' | 'v'>, { learningRate, step }: Pace, options: MomentOptions): void {
  const { beta1, beta2, penalty, decay } = options;
  const mShare = 1 - beta1 ** step;
  const vShare = 1 - beta2 ** step;
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i] as number;
    const g = (gradient[i] as number) + penalty * w;
    const mean = beta1 * (m[i] as number) + (1 - beta1) * g;
    const square = beta2 * (v[i] as number) + (1 - beta2) * g * g;
    m[i] = mean;
    v[i] = square;
    weights[i] = w - learningRate * (mean / mShare / (Math.sqrt(square / vShare) + tiny) + decay * w);
  }
}
