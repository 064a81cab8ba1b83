import { unitBounds, type Bounds } from '../src/core/bounds.ts';
import type { AttackSpec } from '../src/core/attack.ts';
import type { Norm } from '../src/core/norms.ts';
import type { Oracle } from '../src/core/oracle.ts';
import type { SampleRecord } from '../src/core/record.ts';
import { evaluate } from '../src/evaluate/evaluate.ts';
import type { Example } from '../src/evaluate/example.ts';
import type { Trial } from '../src/evaluate/trial.ts';
import { planAttacks } from '../src/plan/attacks/plannedAttacks.ts';
import { processorClock } from './clocks.ts';
import { TimedOracle } from './timedOracle.ts';

export interface AttackRun {
  readonly seconds: number;
  /** The share of that which did not pass inside the engine. */
  readonly javascriptShare: number;
  /** Processor time of the whole process, in milliseconds. */
  readonly processor: number;
  /** Points the model was asked about. */
  readonly queries: number;
  readonly records: readonly SampleRecord[];
}

export interface AttackRunSettings {
  readonly norm?: Norm;
  readonly epsilon: number;
  readonly bounds?: Bounds;
}

/** One attack on every example in this thread: what a worker does, with its clocks. */
export async function attackRun(oracle: Oracle, examples: readonly Example[], attack: AttackSpec, settings: AttackRunSettings): Promise<AttackRun> {
  const { norm = 'linf', epsilon, bounds = unitBounds } = settings;
  const { inputShape: shape, classes } = oracle;
  const timed = new TimedOracle(oracle);
  const trial: Trial = {
    attacks: planAttacks([attack], norm), norm, epsilon, bounds, shape, classes, target: undefined, seed: 0, labels: 'given', eightBit: false,
  };
  const records: SampleRecord[] = [];
  const started = { processor: processorClock(), wall: performance.now() };
  await evaluate(timed.oracle, stream(examples), trial, ({ record }) => records.push(record));
  const wall = performance.now() - started.wall;
  return {
    seconds: wall / 1000,
    javascriptShare: (wall - timed.milliseconds) / wall,
    processor: processorClock() - started.processor,
    queries: timed.rows,
    records,
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- the scheduler takes any asynchronous source
async function* stream(examples: readonly Example[]): AsyncGenerator<Example> {
  yield* examples;
}

/**
 * Microseconds of JavaScript for each query of 1,000 values: its share of the processor time, which a busy machine
 * stretches less than the wall's.
 */
export function javascriptPerQuery({ javascriptShare, processor, queries }: AttackRun, size: number): number {
  return (javascriptShare * processor * 1000) / queries / (size / 1000);
}
