import { distances, type Norm } from '../../src/core/norms.ts';

/** Norms whose steps momentum is defined for. */
export const momentumNorms = ['linf', 'l2'] as const;

/**
 * g ← decay · g + ∇, with ∇ scaled to the size of one step: mean |∇| 1 in Linf, as the paper has it, and length 1 in
 * L2. A zero gradient adds nothing.
 */
export function accumulate(g: Float32Array, gradient: Float32Array, decay: number, norm: Norm): void {
  const { l1, l2 } = distances(gradient, new Float32Array(gradient.length));
  const scale = 1 / ((norm === 'l2' ? l2 : l1 / gradient.length) || 1);
  for (let i = 0; i < g.length; i++) g[i] = decay * (g[i] as number) + scale * (gradient[i] as number);
}
