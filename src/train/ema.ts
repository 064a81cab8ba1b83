/**
 * Moves running means of the weights towards the weights, in place: mean ← d · mean + (1 − d) · weight. Early on d is
 * less than `decay`, (1 + step) / (10 + step), lest the first weights linger. `step` counts from 0.
 */
export function average(means: readonly Float32Array[], weights: readonly Float32Array[], decay: number, step: number): void {
  const kept = Math.min(decay, (1 + step) / (10 + step));
  for (const [k, mean] of means.entries()) {
    const current = weights[k];
    if (current?.length !== mean.length) throw new Error(`parameter ${k}: its mean has ${mean.length} values, it has ${current?.length ?? 'none'}`);
    for (let i = 0; i < mean.length; i++) mean[i] = kept * (mean[i] as number) + (1 - kept) * (current[i] as number);
  }
}
