/**
 * Those of several hypotheses that can be rejected, with probability `alpha` at most that any of them is true: Holm 1979.
 * The level is alpha over the number of those that are left, as often as one more falls.
 */
export function holm<Hypothesis>(hypotheses: readonly Hypothesis[], alpha: number, rejects: (one: Hypothesis, level: number) => boolean): Hypothesis[] {
  let left = hypotheses;
  for (;;) {
    const level = alpha / left.length;
    const kept = left.filter((one) => !rejects(one, level));
    if (kept.length === left.length) return hypotheses.filter((one) => !kept.includes(one));
    left = kept;
  }
}
