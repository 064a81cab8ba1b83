import { wallClock, type Clock } from './clocks.ts';

export interface Timing {
  /** Median, milliseconds per call. */
  readonly median: number;
  /** Quartiles, milliseconds per call. */
  readonly spread: readonly [number, number];
  readonly rounds: number;
}

export interface InterleavedOptions {
  readonly rounds?: number;
  readonly warmUp?: number;
  /** A case that has had three rounds and this many seconds drops out of the later rounds. */
  readonly seconds?: number;
  readonly clock?: Clock;
}

/** Times several ways of doing a thing in turns, so that whatever else the machine does slows all of them alike. */
export async function interleaved<Name extends string>(
  cases: Readonly<Record<Name, () => unknown>>,
  { rounds = 21, warmUp = 2, seconds = 20, clock = wallClock }: InterleavedOptions = {},
): Promise<Record<Name, Timing>> {
  const names = Object.keys(cases) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, taken] of times) {
      if (taken.length >= 3 && taken.reduce((sum, time) => sum + time, 0) > 1000 * seconds) continue;
      const start = clock();
      await cases[name]();
      if (round >= 0) taken.push(clock() - start);
    }
  }
  const timed = [...times].map(([name, taken]) => [name, timing(taken)] as const);
  return Object.fromEntries(timed) as Record<Name, Timing>;
}

function timing(taken: readonly number[]): Timing {
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return { median: at(0.5), spread: [at(0.25), at(0.75)], rounds: sorted.length };
}
