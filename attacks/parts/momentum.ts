import { projections } from '../../src/core/ball.ts';
import { distances, type Norm } from '../../src/core/norms.ts';
import { choice, flag, positive, wholeNumber } from '../../src/core/options.ts';

/** Norms whose steps momentum is defined for. */
export const momentumNorms = ['linf', 'l2'] as const;

/** Options of MI- and NI-FGSM; defaults are the papers' and torchattacks'. */
export const momentumOptions = {
  steps: wholeNumber({ default: 10, description: 'gradient steps' }),
  stepSize: positive({ default: 0.2, description: 'length of a step, in units of epsilon' }),
  decay: positive({ default: 1, description: 'share of the momentum that each step keeps' }),
  projection: choice(projections, { default: 'exact', description: 'way back into ball and box' }),
  stopWhenFooled: flag({ default: true, description: 'end at the first success' }),
};

/**
 * g ← decay · g + ∇, with ∇ scaled to the size of one step: mean |∇| 1 in Linf, as the paper has it, and length 1 in
 * L2. A zero gradient adds nothing.
 */
export function accumulate(g: Float32Array, gradient: Float32Array, decay: number, norm: Norm): void {
  const { l1, l2 } = distances(gradient, new Float32Array(gradient.length));
  const scale = 1 / ((norm === 'l2' ? l2 : l1 / gradient.length) || 1);
  for (let i = 0; i < g.length; i++) g[i] = decay * (g[i] as number) + scale * (gradient[i] as number);
}
