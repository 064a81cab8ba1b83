/** Classes by falling logit; the lower class first among equals. */
export function byLogit(logits: Float32Array): number[] {
  return [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
}
