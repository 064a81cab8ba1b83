/** The box's greatest width: what an attack written for pixels in [0, 1] takes for 1. */
export function widest({ lower, upper }: { readonly lower: Float32Array; readonly upper: Float32Array }): number {
  let most = 0;
  for (let i = 0; i < lower.length; i++) most = Math.max(most, (upper[i] as number) - (lower[i] as number));
  return most;
}
