import { unitBounds, type Bounds } from '../src/core/bounds.ts';
import type { Norm } from '../src/core/norms.ts';
import type { Oracle } from '../src/core/oracle.ts';
import type { SampleRecord } from '../src/core/record.ts';
import { evaluate } from '../src/evaluate/evaluate.ts';
import type { Example } from '../src/evaluate/example.ts';
import { planAttacks } from '../src/plan/plannedAttacks.ts';
import { mainThreadClock, processorClock } from './clocks.ts';

export interface PgdRun {
  readonly records: readonly SampleRecord[];
  /** Processor time of the whole process, and of the thread that runs JavaScript, in milliseconds. */
  readonly total: number;
  readonly javascript: number;
  readonly seconds: number;
  /** Points the model was asked about. */
  readonly queries: number;
}

export interface PgdSettings {
  readonly norm?: Norm;
  readonly epsilon: number;
  readonly stopWhenFooled: boolean;
  readonly bounds?: Bounds;
}

/** PGD-40 on every example in this thread: what a worker does, with its clocks. */
export async function pgdRun(oracle: Oracle, examples: readonly Example[], settings: PgdSettings): Promise<PgdRun> {
  const { norm = 'linf', epsilon, stopWhenFooled, bounds = unitBounds } = settings;
  const attacks = planAttacks([{ name: 'pgd', options: { steps: 40, stopWhenFooled } }], norm);
  const { inputShape: shape, classes } = oracle;
  const records: SampleRecord[] = [];
  const counted = countingRows(oracle);
  const trial = { attacks, norm, epsilon, bounds, target: undefined, seed: 0, shape, classes };
  const since = { total: processorClock(), javascript: mainThreadClock(), wall: performance.now() };
  await evaluate(counted.oracle, stream(examples), trial, (record) => records.push(record));
  return {
    records,
    total: processorClock() - since.total,
    javascript: mainThreadClock() - since.javascript,
    seconds: (performance.now() - since.wall) / 1000,
    queries: counted.rows(),
  };
}

function countingRows(oracle: Oracle): { oracle: Oracle; rows: () => number } {
  let total = 0;
  const predict: Oracle['predict'] = (points, rows) => {
    total += rows;
    return oracle.predict(points, rows);
  };
  const gradient: Oracle['gradient'] = (points, losses, rows) => {
    total += rows;
    return oracle.gradient(points, losses, rows);
  };
  return { oracle: { ...oracle, predict, gradient }, rows: () => total };
}

// eslint-disable-next-line @typescript-eslint/require-await -- the scheduler takes any asynchronous source
async function* stream(examples: readonly Example[]): AsyncGenerator<Example> {
  yield* examples;
}

/** Microseconds of JavaScript for each query of 1,000 values. */
export function perQuery({ javascript, queries }: PgdRun, size: number): number {
  return (javascript * 1000) / queries / (size / 1000);
}
