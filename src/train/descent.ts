import type { Chosen } from './choose.ts';
import type { Optimizer } from './optimizers/optimizer.ts';

/** What an optimiser carries from step to step: plain data that a checkpoint keeps. */
export interface Descent {
  /** Steps taken. */
  steps: number;
  /** The optimiser's vectors by name, each a list with one vector for each parameter. */
  readonly memory: Readonly<Record<string, readonly Float32Array[]>>;
}

/** A descent before its first step. */
export function startDescent({ plugin }: Chosen<Optimizer>, weights: readonly Float32Array[]): Descent {
  const zeros = () => weights.map(({ length }) => new Float32Array(length));
  return { steps: 0, memory: Object.fromEntries(plugin.memory.map((vector) => [vector, zeros()])) };
}

/** Takes a step: moves weights and memory in place. Gradients are in the order of the weights. */
export function descend(
  { plugin, options }: Chosen<Optimizer>,
  descent: Descent,
  weights: readonly Float32Array[],
  gradients: readonly Float32Array[],
  learningRate: number,
): void {
  const pace = { learningRate, step: ++descent.steps };
  for (const [k, own] of weights.entries()) {
    const memory = Object.fromEntries(plugin.memory.map((vector) => [vector, ofParameter(descent.memory[vector], k, own.length)]));
    plugin.move({ weights: own, gradient: ofParameter(gradients, k, own.length), memory }, pace, options);
  }
}

function ofParameter(vectors: readonly Float32Array[] | undefined, k: number, length: number): Float32Array {
  const vector = vectors?.[k];
  if (vector?.length !== length) throw new Error(`parameter ${k}: expected a vector of ${length} values, got ${vector?.length ?? 'none'}`);
  return vector;
}
