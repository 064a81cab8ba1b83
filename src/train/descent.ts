import type { Values } from '../graph/trainable.ts';
import type { Chosen } from './choose.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { ofLength } from './ofLength.ts';

/** What an optimiser carries from step to step, for a checkpoint to keep. */
export interface Descent {
  /** Steps taken. */
  steps: number;
  /** The optimiser's vectors by their names, each for every parameter. */
  readonly memory: Readonly<Record<string, Values>>;
}

/** A descent before its first step, for these parameters. */
export function startDescent({ plugin }: Chosen<Optimizer>, weights: Values): Descent {
  const zeros = () => new Map(Array.from(weights, ([name, { length }]) => [name, new Float32Array(length)]));
  return { steps: 0, memory: Object.fromEntries(plugin.memory.map((vector) => [vector, zeros()])) };
}

/** Takes a step: moves the weights that have a gradient, and their memory, in place. */
export function descend({ plugin, options }: Chosen<Optimizer>, descent: Descent, weights: Values, gradients: Values, learningRate: number): void {
  const pace = { learningRate, step: ++descent.steps };
  for (const [name, gradient] of gradients) {
    const of = (values: Values | undefined) => ofLength(gradient.length, name, values?.get(name));
    const memory = Object.fromEntries(plugin.memory.map((vector) => [vector, of(descent.memory[vector])]));
    plugin.move({ weights: of(weights), gradient, memory }, pace, options);
  }
}
