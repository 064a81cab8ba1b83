import { unitBounds, type Bounds } from '../src/core/bounds.ts';
import type { Norm } from '../src/core/norms.ts';
import type { Oracle } from '../src/core/oracle.ts';
import type { SampleRecord } from '../src/core/record.ts';
import { evaluate } from '../src/evaluate/evaluate.ts';
import type { Example } from '../src/evaluate/example.ts';
import { planAttacks } from '../src/plan/plannedAttacks.ts';
import { processorClock } from './clocks.ts';
import { TimedOracle } from './timedOracle.ts';

export interface PgdRun {
  readonly records: readonly SampleRecord[];
  /** Processor time of the whole run and of the engine's part, in milliseconds. */
  readonly total: number;
  readonly engine: number;
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
  const timed = new TimedOracle(oracle);
  const trial = { attacks, norm, epsilon, bounds, target: undefined, seed: 0, shape, classes };
  const started = { processor: processorClock(), wall: performance.now() };
  await evaluate(timed.oracle, stream(examples), trial, (record) => records.push(record));
  return {
    records,
    total: processorClock() - started.processor,
    engine: timed.milliseconds,
    seconds: (performance.now() - started.wall) / 1000,
    queries: timed.rows,
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- the scheduler takes any asynchronous source
async function* stream(examples: readonly Example[]): AsyncGenerator<Example> {
  yield* examples;
}

/** The share of the time that is JavaScript. */
export function javascriptShare({ total, engine }: PgdRun): number {
  return (total - engine) / total;
}

/** Microseconds of JavaScript for each query of 1,000 values. */
export function javascriptPerQuery({ total, engine, queries }: PgdRun, size: number): number {
  return ((total - engine) * 1000) / queries / (size / 1000);
}
