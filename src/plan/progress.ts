/** How far a scan is. One unit is one attack on one example. */
export interface ScanProgress {
  readonly done: number;
  readonly total: number;
  /** The attack that the last record belongs to. */
  readonly attack: string;
  /** Units per second so far. */
  readonly rate: number;
  readonly secondsLeft: number;
}

/** Counts units against the clock. */
export function progressOf(total: number): (attack: string) => ScanProgress {
  const started = performance.now();
  let done = 0;
  return (attack) => {
    done++;
    const rate = (1000 * done) / (performance.now() - started);
    return { done, total: Math.max(done, total), attack, rate, secondsLeft: Math.max(0, total - done) / rate };
  };
}
