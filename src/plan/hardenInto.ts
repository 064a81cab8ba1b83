import { join, relative } from 'node:path';
import { cwd } from 'node:process';
import { bundledDataset } from '../../datasets/index.ts';
import { bundledModel } from '../../models/bundled.ts';
import type { Comparison } from '../core/comparison.ts';
import { UserError } from '../core/errors.ts';
import type { Values } from '../graph/trainable.ts';
import { train, type Epoch, type TrainingEvents, type TrainingProgress } from '../train/train.ts';
import { compare } from './compare.ts';
import { HardenFolder } from './hardenFolder.ts';
import { openHardenTask, scanPartOf, type HardenRequest, type HardenTask } from './hardenTask.ts';
import type { ScanRequest } from './plan.ts';
import type { ScanProgress } from './scan.ts';

/** A training run whose results go into a folder. */
export interface HardenIntoRequest extends HardenRequest {
  /** For the checkpoint, the hardened model, and how it compares with the one before. */
  readonly out: string;
  /** Goes on with the run in the folder. */
  readonly resume?: boolean;
  /** Keeps a checkpoint after so many batches too, not only after each epoch. */
  readonly checkpointEvery?: number;
  /** Examples that neither train nor choose the epoch, to compare on. Default: the bundled ones, with the bundled training data. */
  readonly test?: ScanRequest['data'];
  /** How many of them. Default: 500. */
  readonly testLimit?: number;
  /** What the comparison attacks with. Default: autoattack. */
  readonly attacks?: ScanRequest['attacks'];
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
  /** Absent where there are no examples to compare on. */
  readonly comparison?: Comparison;
}

/** Hardens a model, writes it in the format it came in, and compares it with the one before. */
export async function hardenInto(request: HardenIntoRequest, events: HardenIntoEvents = {}): Promise<Hardened> {
  checkEvery(request);
  const folder = new HardenFolder(request.out);
  try {
    const { model, epsilon } = await trainInto(folder, request, events);
    const comparison = await compareWith(model, { ...request, epsilon }, events);
    return { model, ...(comparison && { comparison }) };
  } finally {
    folder.close();
  }
}

function checkEvery({ checkpointEvery: every }: HardenIntoRequest): void {
  if (every !== undefined && !(Number.isSafeInteger(every) && every >= 1)) throw new UserError(`checkpointEvery: expected a whole number from 1, found ${every}`);
}

async function trainInto(folder: HardenFolder, request: HardenIntoRequest, events: HardenIntoEvents): Promise<{ readonly model: string; readonly epsilon: number }> {
  const { out, resume = false, checkpointEvery, test, testLimit, attacks, ...asked } = request;
  const opened = await openHardenTask(asked, (line) => events.note?.(line));
  try {
    const from = folder.begin(opened.identity, resume);
    const best = await trained(opened, events, {
      ...(events.note && { note: events.note }),
      progress: (at) => events.training?.(at),
      keep: (checkpoint) => folder.keep(opened.identity, checkpoint),
      ...(checkpointEvery !== undefined && { keepEvery: checkpointEvery }),
      from,
      signal: events.signal,
    });
    const { trainable, trial } = opened.task;
    return { model: await trainable.save('onnx' in opened.model ? out : join(out, 'model'), best), epsilon: trial.epsilon };
  } finally {
    opened.close();
  }
}

async function trained({ task }: HardenTask, { epoch }: HardenIntoEvents, events: TrainingEvents): Promise<Values> {
  const run = train(task, events);
  for (;;) {
    const next = await run.next();
    if (next.done) return next.value;
    epoch?.(next.value);
  }
}

async function compareWith(after: string, request: HardenIntoRequest, { comparing, signal, ...events }: HardenIntoEvents): Promise<Comparison | undefined> {
  const { out, test = request.data === undefined ? bundledDataset() : undefined, testLimit = 500, attacks = 'autoattack' } = request;
  if (test === undefined) {
    events.note?.('no test examples given: the model is not compared with the one before');
    return undefined;
  }
  const { data: _data, limit: _limit, model = relative(cwd(), bundledModel()), ...same } = scanPartOf(request);
  const followed = { note: (line: string) => events.note?.(line), ...(comparing && { progress: comparing }), ...(signal && { signal }) };
  return compare({ ...same, before: model, after, data: test, limit: testLimit, attacks, out }, followed);
}
