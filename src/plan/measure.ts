import { cpus } from 'node:os';
import { select } from '../../datasets/index.ts';
import { CannotWrite, UserError } from '../core/errors.ts';
import type { SampleRecord } from '../core/record.ts';
import type { RobustnessReport } from '../core/report.ts';
import type { GalleryItem } from '../core/result.ts';
import { openEngine } from '../engine/choose.ts';
import type { OpenedEngine } from '../engine/choose.ts';
import { Aggregator } from '../evaluate/aggregator.ts';
import type { Example } from '../evaluate/example.ts';
import { verdictDraws } from '../evaluate/draws.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { evaluateInWorkers } from '../evaluate/pool.ts';
import { smallestBatch } from '../engine/portable.ts';
import { firstLook } from '../evaluate/firstLook.ts';
import type { SecondLook } from '../evaluate/again/secondLook.ts';
import { exactBounds } from '../evaluate/gates/shareBounds.ts';
import { anytime } from '../evaluate/sequential/anytime.ts';
import { intervalAt } from '../evaluate/statistics.ts';
import type { Interval } from '../evaluate/statistics.ts';
import type { Reverification } from '../evaluate/reverification.ts';
import type { Emit, Judged, Trial } from '../evaluate/trial.ts';
import type { Archive } from './records/archive.ts';
import { checkKnowledge } from './attacks/attackFit.ts';
import { ExampleSource } from './exampleSource.ts';
import { factsOf } from './facts.ts';
import type { Facts } from './facts.ts';
import { galleryOf } from './gallery/gallery.ts';
import { identityOf } from './records/identity.ts';
import type { Identity } from './records/identity.ts';
import { lookAgain, mostLooked } from './lookAgain.ts';
import { strongestOf } from './attacks/strongest.ts';
import { leftOutLines } from './attacks/leftOut.ts';
import { pendingExamples, unlessEmpty } from './pendingExamples.ts';
import type { Plan } from './plan.ts';
import { atEpsilons, knowledgeOf, orderOf } from './attacks/plannedAttacks.ts';
import { progressOf } from './progress.ts';
import type { ScanProgress } from './progress.ts';
import type { Findings } from './report.ts';
import { isEightBit, nameOf, reverificationOf } from './reverify.ts';
import { savedExamplesOf } from './records/savedExamples.ts';
import { Sequence } from './sequence.ts';
import type { SequentialOutcome } from './sequence.ts';
import type { SavedExamples } from './records/savedExamples.ts';
import { shardText } from './shards/shard.ts';
import { startWorker } from './startWorker.ts';
import type { Note, Subject } from './subject.ts';

/** Examples the engine is probed and verified on. */
const probeRows = 16;

/** Who follows a measurement. */
export interface Listener {
  readonly note: Note;
  /** A line for those who want to know more. */
  readonly detail: Note;
  readonly progress: (progress: ScanProgress) => void;
  /** Told what is about to be measured, and on which engine: what is known of it already, and the engine it was begun on. */
  readonly begin: (identity: Identity, engine: Engine) => { readonly archive: Archive; readonly engine: Engine };
  readonly signal: AbortSignal | undefined;
}

type Engine = RobustnessReport['engine'];
export interface Measured extends Omit<Findings, 'seconds'> {
  readonly sequential: SequentialOutcome | undefined;
  /** Where one was asked for. */
  readonly gallery: readonly GalleryItem[] | undefined;
}

/** Runs the attacks on every example, in worker threads where the engine allows it. */
export async function measure(plan: Plan, subject: Subject, listener: Listener): Promise<Measured> {
  const source = sourceOf(plan, subject);
  const saved = savedExamplesOf(plan, subject);
  try {
    const probe = await probeOf(plan, subject, source);
    const engine = await openEngineFor(plan, subject, probe, listener);
    try {
      listener.signal?.throwIfAborted();
      const first = await firstLook(engine.oracle, probe);
      const total = totalOf(plan, subject);
      const threads = threadsOf(engine, totalOf({ ...plan, shard: undefined }, subject)); // a report of all shards tells it
      const { differentiable, random } = engine.oracle;
      const reason = engine.info.reason;
      if (!differentiable) checkKnowledge(plan.attacks.map(({ attack }) => attack), plan.norm, { path: subject.model.path, reason });
      for (const line of leftOutLines(plan.attacks, plan.norm, subject.model.classes)) listener.note(line);
      const trial = { ...trialOf(plan, subject), ...(random && { random }) };
      const begun = listener.begin(identityOf(plan, subject, engine, trial), { ...engine.info, workers: threads, ...processor(), ...(random && { draws: verdictDraws }) });
      const { archive } = begun;
      const { aggregator, sequence, keep, recalled } = collector(plan, subject, { trial, total, threads: Math.max(1, threads), archive, saved }, listener);
      const reverification = reverificationOf(engine, subject, { keep, seed: plan.seed });
      const examples = pendingExamples(sequence?.handedOut(source) ?? source, archive, recalled, saved);
      const signal = sequence ? AbortSignal.any([sequence.settled, ...(listener.signal ? [listener.signal] : [])]) : listener.signal;
      const run = runTrial(trial, { engine, threads, total, batches: sequence ? 1 : 2, examples, reverification, signal });
      const [exact] = await Promise.all([exactBounds(), sequence?.follow(run) ?? run]); // the library loads while the threads start
      const bounds = sequence ? anytime : exact;
      const sequential = sequence?.outcome(total);
      const interval = intervalAt(bounds, 0.95);
      const unreadable = subject.dataset.skipped?.() ?? 0; // another look at the examples counts anew
      archive.tell(listener.note);
      if (!sequential?.report.stopped) checkComplete(aggregator, source, trial);
      if (source.skipped > 0) listener.note(`${source.skipped} examples of class ${plan.target} are left out: they are there already`);
      const again = plan.checks === 'full' ? await secondLook(plan, subject, { trial, engine, aggregator, interval }, listener) : undefined;
      const gallery = plan.gallery > 0 ? await galleryFor(plan, subject, { trial, engine, aggregator, first }, listener) : undefined;
      const facts = factsOf(sequential?.plan ?? plan, subject, { unreadable, engine: begun.engine, original: nameOf(engine.original), first, random: random === true });
      return { facts, aggregator, sha256: sequential?.sha256 ?? source.sha256(), bounds, again, sequential, gallery };
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (error instanceof UserError && !(error instanceof CannotWrite)) await saved?.discard();
    throw error;
  } finally {
    await source.close();
  }
}

function sourceOf({ target: wanted, selection, shard, labels }: Plan, { dataset, model: { classes } }: Subject): ExampleSource {
  const target = typeof wanted === 'number' ? wanted : undefined;
  return new ExampleSource(select(dataset, { ...selection, ...(shard && { shard }) }), { spec: dataset.spec, classes, labels, target, columns: dataset.columns });
}

/** The first examples, row after row; those of all shards, so that each knows the same of the engine. */
async function probeOf(plan: Plan, subject: Subject, source: ExampleSource): Promise<Float32Array> {
  const { dataset: { spec } } = subject;
  const examples = plan.shard ? await firstOfAll(plan, subject) : await source.peek(probeRows);
  const [first] = examples;
  if (!first || (await source.peek(1)).length === 0) {
    throw new UserError(`${spec}: expected examples to evaluate, found none${plan.shard ? ` in shard ${shardText(plan.shard)}` : ''}`);
  }
  const probe = new Float32Array(examples.length * first.x.length);
  for (const [row, { x }] of examples.entries()) probe.set(x, row * x.length);
  return probe;
}

async function firstOfAll(plan: Plan, subject: Subject): Promise<readonly Example[]> {
  const source = sourceOf({ ...plan, shard: undefined }, subject);
  try {
    return await source.peek(probeRows);
  } finally {
    await source.close();
  }
}

function openEngineFor(plan: Plan, { model, dataset }: Subject, probe: Float32Array, { note, detail }: Listener): Promise<OpenedEngine> {
  const { engine, batchSize, workers, straightThrough } = plan;
  return openEngine(model, {
    engine,
    straightThrough,
    probe,
    bounds: dataset.bounds,
    note,
    detail,
    ...(batchSize !== undefined && { batchSize }),
    ...(workers !== undefined && { workers }),
  });
}

export function trialOf({ attacks: asked, norm, target, seed, labels }: Plan, { dataset, model, epsilons, epsilon }: Subject): Trial {
  const { bounds, shape, columns } = dataset;
  const restricted = columns && (columns.immutable.includes(1) || columns.integer.includes(1));
  const eightBit = isEightBit(dataset);
  const attacks = atEpsilons(asked, epsilons);
  return { attacks, norm, epsilon, bounds, target, seed, shape, classes: model.classes, labels, eightBit, ...(restricted && { columns }) };
}

/** Examples to come, at most. */
function totalOf({ selection: { limit = Infinity, offset = 0 }, shard = { index: 1, of: 1 } }: Plan, { dataset }: Subject): number {
  return Math.ceil((Math.min(limit, dataset.count - offset) - shard.index + 1) / shard.of);
}

/** The last bits of a result depend on it. Some systems do not name theirs. */
function processor(): Pick<Engine, 'processor'> {
  const [first] = cpus();
  return first?.model ? { processor: first.model.trim() } : {};
}

/** Worker threads to start; 0 for the calling thread. None is started for less than its smallest batch. */
function threadsOf({ info, portable }: OpenedEngine, total: number): number {
  if (!portable) return 0;
  return Math.min(info.workers, Math.ceil(total / smallestBatch(portable)));
}

interface Workplace {
  readonly engine: OpenedEngine;
  readonly threads: number;
  readonly total: number;
  /** In flight at once. */
  readonly batches: number;
  readonly examples: AsyncGenerator<Example, void>;
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

async function runAttacks(trial: Trial, { engine, threads, total, batches, examples, reverification, signal }: Workplace): Promise<void> {
  const { oracle, portable } = engine;
  const toRun = await unlessEmpty(examples); // threads are started for work only
  if (!toRun) return;
  // An even share each, so that the first thread to start does not take all of a small set.
  const inFlight = Math.min(batches * oracle.batchSize, Math.ceil(total / Math.max(1, threads)));
  const handedOut = reverification.heldBack(toRun);
  const emit: Emit = (judged, seconds) => reverification.add(judged, seconds);
  if (threads === 0 || !portable) return evaluate(oracle, handedOut, trial, emit, { inFlight, signal });
  const order = { model: portable, trial: { ...trial, attacks: trial.attacks.map(orderOf) }, threads: engine.info.threads, inFlight };
  return evaluateInWorkers(handedOut, emit, { workers: threads, start: () => startWorker(order), signal });
}

interface Counting {
  readonly trial: Trial;
  /** Examples to come, at most. */
  readonly total: number;
  readonly threads: number;
  readonly archive: Archive;
  readonly saved: SavedExamples | undefined;
}

/** Adds up every record and passes it on. The seconds of an attack are wall-clock, as `threads` work at once. */
function collector(plan: Plan, subject: Subject, { trial, total, threads, archive, saved }: Counting, { progress, signal }: Listener) {
  const { attacks, norm, epsilon, classes, eightBit } = trial;
  const { epsilons, groups } = subject;
  const aggregator = new Aggregator(attacks, { threat: { norm, epsilon }, epsilons, classes, eightBit, knowledgeOf, ...(groups && { groups }) });
  const sequence = plan.sequential ? new Sequence(plan, subject, { aggregator, records: attacks.length }) : undefined;
  const counter = sequence ?? aggregator;
  const tick = progressOf(total * attacks.length);
  const keepJudged = async (judged: Judged, spent: number) => {
    const { record } = judged;
    await saved?.save(judged);
    if (!archive.keep(record)) return;
    counter.add(record, spent / threads);
    progress(tick(record.attack, false));
  };
  const recalled = (record: SampleRecord) => {
    signal?.throwIfAborted(); // no attack may be left to run that would notice
    counter.add(record, 0);
    progress(tick(record.attack, true));
  };
  return { aggregator, sequence, keep: keepJudged, recalled };
}

interface Looked {
  readonly trial: Trial;
  readonly engine: OpenedEngine;
  readonly aggregator: Aggregator;
  readonly interval: Interval;
}

async function secondLook(plan: Plan, subject: Subject, { trial, engine, aggregator, interval }: Looked, { note, signal }: Listener): Promise<SecondLook> {
  const source = sourceOf(plan, subject);
  const survivors = aggregator.survivors();
  if (survivors.length > 0) note(`checks: looking again at ${Math.min(mostLooked, survivors.length)} of ${survivors.length} survivors`);
  try {
    return await lookAgain({ engine, trial, ...strongestOf(plan.attacks, aggregator.figures(interval).attacks, trial), survivors, source, signal });
  } finally {
    await source.close();
  }
}

async function galleryFor(plan: Plan, subject: Subject, { first, aggregator, ...run }: Pick<Looked, 'trial' | 'engine' | 'aggregator'> & Pick<Facts, 'first'>, { note, signal }: Listener): Promise<GalleryItem[]> {
  const source = sourceOf(plan, subject);
  const { gallery: count, robustBefore } = plan;
  try {
    return await galleryOf({ ...run, dataset: subject.dataset, source, broken: aggregator.broken(), count, robustBefore, probabilities: first.probabilities, note, signal });
  } finally {
    await source.close();
  }
}

/** A report must stand on every record. */
function checkComplete({ records }: Aggregator, { histogram }: ExampleSource, { attacks }: Trial): void {
  const expected = attacks.length * histogram.reduce((sum, n) => sum + n, 0);
  if (records !== expected) throw new Error(`the scan made ${records} records of ${expected}`);
}
