import type { Values } from '../graph/trainable.ts';
import { length } from './length.ts';

/**
 * Shortens gradients in place, all by one factor, to an L2 norm of at most `most` over all of them together. Pascanu et
 * al. 2012, arXiv:1211.5063. Returns the norm they had: where it is not finite they are left alone, for the caller to stop.
 */
export function clipNorm(gradients: Values, most: number): number {
  const norm = Math.hypot(...Array.from(gradients.values(), length));
  if (norm > most && Number.isFinite(norm)) for (const gradient of gradients.values()) scale(gradient, most / norm);
  return norm;
}

function scale(vector: Float32Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] = factor * (vector[i] as number);
}
