import { select } from '../../datasets/index.ts';
import { UserError } from '../core/errors.ts';
import type { SampleRecord } from '../core/record.ts';
import { openEngine } from '../engine/choose.ts';
import type { OpenedEngine } from '../engine/choose.ts';
import { Aggregator } from '../evaluate/aggregator.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { evaluateInWorkers } from '../evaluate/pool.ts';
import { givesProbabilities } from '../evaluate/probabilities.ts';
import { clopperPearson } from '../evaluate/statistics.ts';
import type { Reverification } from '../evaluate/reverification.ts';
import type { Emit, Judged, Trial } from '../evaluate/trial.ts';
import { ExampleSource } from './exampleSource.ts';
import type { Plan } from './plan.ts';
import { orderOf } from './plannedAttacks.ts';
import { progressOf } from './progress.ts';
import type { ScanProgress } from './progress.ts';
import type { Findings } from './report.ts';
import { isEightBit, reverificationOf } from './reverify.ts';
import { startWorker } from './startWorker.ts';
import type { Note, Subject } from './subject.ts';

/** Examples the engine is probed and verified on. */
const probeRows = 16;

/** Who follows a measurement. */
export interface Listener {
  readonly note: Note;
  readonly progress: (progress: ScanProgress) => void;
  readonly keep: (record: SampleRecord) => void;
  readonly signal: AbortSignal | undefined;
}

export type Measured = Pick<Findings, 'source' | 'engine' | 'aggregator' | 'interval' | 'probabilities'>;

/** Runs the attacks on every example, in worker threads where the engine allows it. */
export async function measure(plan: Plan, subject: Subject, listener: Listener): Promise<Measured> {
  const source = sourceOf(plan, subject);
  try {
    const probe = await probeOf(source, subject);
    const engine = await openEngineFor(plan, subject, probe, listener.note);
    try {
      listener.signal?.throwIfAborted();
      const probabilities = await givesProbabilities(engine.oracle, probe);
      const total = totalOf(plan, subject);
      const threads = threadsOf(engine, total);
      const { aggregator, keep } = collector(plan, subject, { units: total * plan.attacks.length, threads: Math.max(1, threads) }, listener);
      const reverification = reverificationOf(engine, subject, keep);
      const trial = runTrial(trialOf(plan, subject), { engine, threads, total, source, reverification, signal: listener.signal });
      const [interval] = await Promise.all([clopperPearson(), trial]); // the library loads while the threads start
      checkComplete(aggregator, source, plan);
      if (source.skipped > 0) listener.note(`${source.skipped} examples of class ${plan.target} are left out: they are there already`);
      return { source, engine: { ...engine.info, workers: threads }, aggregator, interval, probabilities };
    } finally {
      await engine.close();
    }
  } finally {
    await source.close();
  }
}

function sourceOf(plan: Plan, { dataset, model: { classes } }: Subject): ExampleSource {
  const target = typeof plan.target === 'number' ? plan.target : undefined;
  return new ExampleSource(select(dataset, plan.selection), { spec: dataset.spec, classes, target });
}

/** The first examples, row after row. */
async function probeOf(source: ExampleSource, { dataset }: Subject): Promise<Float32Array> {
  const examples = await source.peek(probeRows);
  const [first] = examples;
  if (!first) throw new UserError(`${dataset.spec}: expected examples to evaluate, found none`);
  const probe = new Float32Array(examples.length * first.x.length);
  for (const [row, { x }] of examples.entries()) probe.set(x, row * x.length);
  return probe;
}

function openEngineFor(plan: Plan, { model, dataset }: Subject, probe: Float32Array, note: Note): Promise<OpenedEngine> {
  const { engine, batchSize, workers } = plan;
  return openEngine(model, {
    engine,
    probe,
    bounds: dataset.bounds,
    note,
    ...(batchSize !== undefined && { batchSize }),
    ...(workers !== undefined && { workers }),
  });
}

function trialOf({ attacks, norm, target, seed, labels }: Plan, { dataset, model, epsilon }: Subject): Trial {
  const { bounds, shape } = dataset;
  const eightBit = isEightBit(dataset);
  return { attacks, norm, epsilon, bounds, target, seed, shape, classes: model.classes, labels, eightBit };
}

/** Examples to come, at most. */
function totalOf({ selection: { limit = Infinity, offset = 0 } }: Plan, { dataset }: Subject): number {
  return Math.min(limit, dataset.count - offset);
}

/** Worker threads to start; 0 for the calling thread. None is started for less than its smallest batch. */
function threadsOf({ info, compiled }: OpenedEngine, total: number): number {
  if (!compiled) return 0;
  return Math.min(info.workers, Math.ceil(total / (compiled.batchSizes.at(-1) ?? 1)));
}

interface Workplace {
  readonly engine: OpenedEngine;
  readonly threads: number;
  readonly total: number;
  readonly source: ExampleSource;
  readonly reverification: Reverification;
  readonly signal: AbortSignal | undefined;
}

async function runTrial(trial: Trial, workplace: Workplace): Promise<void> {
  const { reverification } = workplace;
  try {
    await runAttacks(trial, workplace);
    await reverification.finish();
  } finally {
    await reverification.close();
  }
}

async function runAttacks(trial: Trial, { engine, threads, total, source, reverification, signal }: Workplace): Promise<void> {
  const { oracle, compiled } = engine;
  // An even share each, so that the first thread to start does not take all of a small set.
  const inFlight = Math.min(2 * oracle.batchSize, Math.ceil(total / Math.max(1, threads)));
  const examples = reverification.heldBack(source[Symbol.asyncIterator]());
  const emit: Emit = (judged, seconds) => reverification.add(judged, seconds);
  if (threads === 0 || !compiled) return evaluate(oracle, examples, trial, emit, { inFlight, signal });
  const order = { compiled, trial: { ...trial, attacks: trial.attacks.map(orderOf) }, threads: engine.info.threads, inFlight };
  return evaluateInWorkers(examples, emit, { workers: threads, start: () => startWorker(order), signal });
}

/** Adds up every record and passes it on. The seconds of an attack are wall-clock, as `threads` work at once. */
function collector(plan: Plan, { epsilon }: Subject, { units, threads }: { units: number; threads: number }, { keep, progress }: Listener) {
  const asked = plan.attacks.map(({ label, attack, options }) => ({ label, name: attack.name, options }));
  const aggregator = new Aggregator(asked, { norm: plan.norm, epsilon });
  const tick = progressOf(units);
  const keepJudged = ({ record }: Judged, spent: number) => {
    aggregator.add(record, spent / threads);
    keep(record);
    progress(tick(record.attack));
  };
  return { aggregator, keep: keepJudged };
}

/** A report must stand on every record. */
function checkComplete({ records }: Aggregator, { histogram }: ExampleSource, { attacks }: Plan): void {
  const expected = attacks.length * histogram.reduce((sum, n) => sum + n, 0);
  if (records !== expected) throw new Error(`the scan made ${records} records of ${expected}`);
}
