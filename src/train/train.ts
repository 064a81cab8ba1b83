import type { Values } from '../graph/trainable.ts';
import type { Checkpoint } from './checkpoint.ts';
import { bestEpoch, isOverfitted } from './earlyStopping.ts';
import { checkpointOf, current, emptyTally, runOf, type EpochFigures } from './run.ts';
import type { Task } from './task.ts';
import { openTrainer, type Trainer } from './trainer.ts';

/** How far a run is. */
export interface TrainingProgress {
  /** Counts from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches of the whole run. */
  readonly done: number;
  readonly total: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly trainingAccuracy: number;
}

/** A completed epoch. One may come again: a single-step method that has collapsed goes back. */
export interface Epoch extends EpochFigures {
  /** Counts from 1. */
  readonly epoch: number;
  /** No epoch before it had so high a robust validation accuracy. */
  readonly best: boolean;
  /** The weights to save if this is the one: valid until the next epoch. */
  readonly weights: Values;
}

/** What a run has come to. */
export interface Trained {
  /** Of the epoch that held best. */
  readonly weights: Values;
  readonly history: readonly EpochFigures[];
  /** Training steps. */
  readonly steps: number;
}

/** What a caller may follow, keep or stop. */
export interface TrainingEvents {
  progress?(at: TrainingProgress): void;
  /** A line the user should see. */
  note?(line: string): void;
  /** Given after each epoch, after every so many batches where `keepEvery` says so, and where the signal ends the run. */
  keep?(checkpoint: Checkpoint): void;
  readonly keepEvery?: number;
  /** Goes on from there. */
  readonly from?: Checkpoint | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains, epoch by epoch, until all are done or robust validation accuracy has not risen for `patience` of them. Returns the
 * weights of the best one. All it does follows from the task: a run that goes on from a checkpoint ends with the same bits.
 */
export async function* train(task: Task, events: TrainingEvents = {}): AsyncGenerator<Epoch, Trained> {
  const trainer = await openTrainer(task, events.from && runOf(events.from, task));
  try {
    while (!isOver(trainer, task)) {
      await finishEpoch(trainer, task, events);
      const { run } = trainer;
      yield { ...(run.history.at(-1) as EpochFigures), epoch: run.epoch, best: isBest(run.history), weights: current(run) };
    }
    const { best, history, descent } = trainer.run;
    return { weights: best, history, steps: descent.steps };
  } finally {
    await trainer.close();
  }
}

function isOver({ run: { epoch, history } }: Trainer, { settings: { epochs, patience } }: Task): boolean {
  return epoch >= epochs || (epoch > 0 && isOverfitted(history.map(({ robust }) => robust), patience));
}

function isBest(history: readonly EpochFigures[]): boolean {
  return bestEpoch(history.map(({ robust }) => robust)) === history.length - 1;
}

async function finishEpoch(trainer: Trainer, task: Task, events: TrainingEvents): Promise<void> {
  try {
    while (trainer.run.batch < trainer.batchesPerEpoch) {
      events.signal?.throwIfAborted();
      const line = await trainer.learn();
      if (line !== undefined) events.note?.(line);
      events.progress?.(progressOf(trainer, task));
      if (events.keepEvery !== undefined && trainer.run.batch % events.keepEvery === 0) events.keep?.(checkpointOf(trainer.run));
    }
    const accuracies = await trainer.validate(events.signal);
    endEpoch(trainer, accuracies);
  } catch (error) {
    if (error === events.signal?.reason) events.keep?.(checkpointOf(trainer.run));
    throw error;
  }
  events.keep?.(checkpointOf(trainer.run));
}

function endEpoch({ run }: Trainer, accuracies: Pick<EpochFigures, 'clean' | 'robust'>): void {
  run.history.push({ ...accuracies, ...meansOf(run.tally) });
  if (isBest(run.history)) run.best = new Map(Array.from(current(run), ([name, data]) => [name, data.slice()]));
  run.epoch++;
  run.batch = 0;
  run.tally = emptyTally();
}

function progressOf({ run, batchesPerEpoch }: Trainer, { settings: { epochs } }: Task): TrainingProgress {
  const done = run.epoch * batchesPerEpoch + run.batch;
  return { epoch: run.epoch + 1, epochs, done, total: epochs * batchesPerEpoch, ...meansOf(run.tally) };
}

function meansOf({ steps, loss, rows, correct }: Trainer['run']['tally']): Pick<EpochFigures, 'loss' | 'trainingAccuracy'> {
  return { loss: loss / steps, trainingAccuracy: correct / rows };
}
