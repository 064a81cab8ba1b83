import { join } from 'node:path';
import type { Comparison } from '../../core/comparison.ts';
import { CannotWrite, UserError } from '../../core/errors.ts';
import { version } from '../../core/package.ts';
import type { TrainingRecord } from '../../core/training.ts';
import type { Values } from '../../graph/trainable.ts';
import { writeTraining } from '../../report/write.ts';
import { bestEpoch } from '../../train/earlyStopping.ts';
import { train, type Epoch, type Trained, type TrainingEvents, type TrainingProgress } from '../../train/train.ts';
import { checkTest, compareAfter, scansOf, type ComparisonRequest } from './hardenComparison.ts';
import { HardenFolder } from './hardenFolder.ts';
import { hardenPlanOf, type HardenPlan, type HardenRequest } from './hardenPlan.ts';
import { openHardenTask, type HardenTask } from './hardenTask.ts';
import type { ScanRequest } from '../plan.ts';
import type { ScanProgress } from '../scan.ts';

/** A training run whose results go into a folder. */
export interface HardenIntoRequest extends HardenRequest, ComparisonRequest {
  /** For the checkpoint, the hardened model, and how it compares with the one before. */
  readonly out: string;
  /** Goes on with the run in the folder. */
  readonly resume?: boolean;
  /** Keeps a checkpoint after so many batches too, not only after each epoch. */
  readonly checkpointEvery?: number;
}

export interface HardenIntoEvents extends Pick<TrainingEvents, 'note' | 'signal'> {
  readonly training?: (at: TrainingProgress) => void;
  readonly epoch?: (epoch: Epoch) => void;
  readonly comparing?: (at: ScanProgress) => void;
}

/** What is in the folder then. */
export interface Hardened {
  /** The file to open. */
  readonly model: string;
  readonly training: TrainingRecord;
  /** Absent where there are no examples to compare on. */
  readonly comparison?: Comparison;
}

/** Hardens a model, writes it in the format it came in, and compares it with the one before. */
export async function hardenInto(request: HardenIntoRequest, events: HardenIntoEvents = {}): Promise<Hardened> {
  const order = orderOf(request);
  if (!order.scans) events.note?.('no test examples given: the model will not be compared with the one before');
  const folder = new HardenFolder(order.out);
  try {
    const { epsilon, ...trained } = await trainInto(folder, order, events);
    if (!order.scans) return trained;
    const { comparing: progress, note, signal } = events;
    const followed = { ...(note && { note }), ...(progress && { progress }), ...(signal && { signal }) };
    return { ...trained, comparison: await compareAfter({ ...order.scans, epsilon, out: order.out }, trained.model, followed) };
  } finally {
    folder.close();
  }
}

/** A request, checked as far as can be without model and data. */
interface Order extends Pick<HardenIntoRequest, 'out' | 'resume' | 'checkpointEvery'> {
  readonly plan: HardenPlan;
  readonly scans: ScanRequest | undefined;
}

function orderOf({ out, resume = false, checkpointEvery, test, testLimit, attacks, curve, ...training }: HardenIntoRequest): Order {
  if (checkpointEvery !== undefined && !(Number.isSafeInteger(checkpointEvery) && checkpointEvery >= 1))
    throw new UserError(`checkpointEvery: expected a whole number from 1, found ${checkpointEvery}`);
  const plan = hardenPlanOf(training);
  const scans = scansOf(training, { test, testLimit, attacks, curve });
  return { out, resume, ...(checkpointEvery !== undefined && { checkpointEvery }), plan, scans };
}

async function trainInto(folder: HardenFolder, { plan, scans, resume = false, checkpointEvery }: Order, events: HardenIntoEvents): Promise<Hardened & { readonly epsilon: number }> {
  const opened = await openHardenTask(plan, (line) => events.note?.(line));
  const { task: { trial: { epsilon } }, identity, model } = opened;
  try {
    if (scans) await checkTest(scans, model, epsilon);
    const earlier = folder.begin(identity, resume);
    if (resume && !earlier) events.note?.(`${folder.path} holds no checkpoint yet: this run begins`);
    const started = performance.now();
    const seconds = () => (earlier?.seconds ?? 0) + (performance.now() - started) / 1000;
    const trained = await trainedBy(opened, events, {
      ...(events.note && { note: events.note }),
      progress: (at) => events.training?.(at),
      keep: (checkpoint) => folder.keep(identity, checkpoint, seconds()),
      ...(checkpointEvery !== undefined && { keepEvery: checkpointEvery }),
      from: earlier?.from,
      signal: events.signal,
    });
    const training = recordOf(trained, identity, seconds());
    const saved = await save(opened, folder.path, trained.weights);
    writeTraining(folder.path, training);
    return { model: saved, training, epsilon };
  } finally {
    opened.close();
  }
}

async function trainedBy({ task }: HardenTask, { epoch }: HardenIntoEvents, events: TrainingEvents): Promise<Trained> {
  const run = train(task, events);
  for (;;) {
    const next = await run.next();
    if (next.done) return next.value;
    epoch?.(next.value);
  }
}

async function save({ task: { trainable }, model }: HardenTask, folder: string, weights: Values): Promise<string> {
  try {
    return await trainable.save('onnx' in model ? folder : join(folder, 'model'), weights);
  } catch (cause) {
    throw cause instanceof Error && 'syscall' in cause ? new CannotWrite(folder, cause, 'the same command with --resume') : cause;
  }
}

function recordOf({ history, steps }: Trained, settings: object, seconds: number): TrainingRecord {
  const kept = 1 + bestEpoch(history.map(({ robust }) => robust));
  const epochs = history.map((figures, at) => ({ epoch: at + 1, ...figures }));
  return { schemaVersion: 1, tool: { name: 'breakwater', version }, settings, steps, seconds, kept, epochs };
}
