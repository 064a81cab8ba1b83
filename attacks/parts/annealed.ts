/** Cosine annealing: from the first value to the last while `share` goes from 0 to 1. */
export function annealed(first: number, last: number, share: number): number {
  return last + ((first - last) * (1 + Math.cos(Math.PI * share))) / 2;
}
