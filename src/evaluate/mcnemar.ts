/** p-values of McNemar's exact test, from the pairs in which the two sides differ. */
export interface McNemar {
  /** That no more was lost than won. */
  readonly lost: number;
  /** That as much was lost as won. */
  readonly either: number;
}

/**
 * McNemar 1947, exact: of the pairs that differ each is lost by the toss of a coin. The two-sided value is twice the
 * smaller one-sided one, as the coin is fair. Loaded when asked, since the library takes 90 ms.
 */
export async function mcnemarTest(): Promise<(lost: number, won: number) => McNemar> {
  const { default: binomialTest } = await import('@stdlib/stats-binomial-test');
  return (lost, won) => {
    if (lost + won === 0) return { lost: 1, either: 1 };
    const pOf = (alternative: 'greater' | 'less') => binomialTest(lost, lost + won, { alternative }).pValue;
    const more = pOf('greater');
    return { lost: more, either: Math.min(1, 2 * (lost > won ? more : pOf('less'))) };
  };
}
