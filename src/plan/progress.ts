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

/** Counts units against the clock; those whose result was known already cost no time and say nothing of the rate. */
export function progressOf(total: number): (attack: string, known: boolean) => ScanProgress {
  const started = performance.now();
  let done = 0;
  let run = 0;
  return (attack, known) => {
    done++;
    if (!known) run++;
    const rate = (1000 * run) / (performance.now() - started);
    const left = Math.max(0, total - done);
    return { done, total: Math.max(done, total), attack, rate, secondsLeft: left === 0 ? 0 : left / rate };
  };
}
