import { randomOf, type Random } from '../core/random.ts';
import { argmax } from '../evaluate/prediction.ts';
import type { Adversary } from './adversary.ts';
import { attackingAdversary } from './attackingAdversary.ts';
import { batchesPerEpoch, batchOf, epochOrder } from './batches.ts';
import { fillBatch, type Batch } from './fillBatch.ts';
import type { Course } from './learningRate.ts';
import { openTask, type Opened } from './opened.ts';
import { replayingAdversary } from './replayingAdversary.ts';
import { current, startRun, type Run } from './run.ts';
import { step } from './step.ts';
import type { Task } from './task.ts';
import type { TrainingStep } from './trainingProgram.ts';
import { validate, type Accuracies } from './validate.ts';

/** Opens a task: before its first step, or where an earlier run of it stands. */
export async function openTrainer(task: Task, earlier?: Run): Promise<Trainer> {
  const opened = await openTask(task);
  const adversary = adversaryOf(task, opened);
  const run = earlier ?? startRun(task, adversary.memory);
  return new Trainer(task, opened, adversary, run);
}

function adversaryOf({ inner, trial }: Task, { oracle, program }: Opened): Adversary {
  if ('replays' in inner) return replayingAdversary(inner.replays, program.rows, oracle.size, trial);
  return attackingAdversary(oracle, { ...inner, trial });
}

/** A training run under way. */
export class Trainer {
  readonly run: Run;
  readonly batchesPerEpoch: number;
  private readonly task: Task;
  private readonly opened: Opened;
  private readonly adversary: Adversary;
  private readonly course: Course;
  private order: { readonly epoch: number; readonly positions: Uint32Array } | undefined;

  constructor(task: Task, opened: Opened, adversary: Adversary, run: Run) {
    const { training, settings: { epochs, batchSize, learningRate: peak, warmUp } } = task;
    this.task = task;
    this.opened = opened;
    this.adversary = adversary;
    this.run = run;
    for (const [name, values] of run.memory) adversary.memory.get(name)?.set(values);
    run.memory = adversary.memory;
    this.batchesPerEpoch = batchesPerEpoch({ count: training.length, batchSize });
    const steps = epochs * this.batchesPerEpoch * adversary.replays;
    this.course = { peak, steps, warmUp: warmUp * steps };
  }

  /** Learns from the next batch of the epoch. */
  async learn(): Promise<void> {
    const { run, adversary, opened: { at, objective, program } } = this;
    const batch = this.nextBatch();
    at.weights = run.weights;
    for (let replay = 0; replay < adversary.replays; replay++) {
      const adv = await adversary.examples(batch, run.epoch);
      const views = objective.views === 1 ? [adv] : [batch.x, adv];
      const found = await step(program, { views, labels: batch.y, draws: this.drawsOf(batch, replay) }, run, this.task, this.course);
      count(run.tally, found, batch);
      if (found.inputGradient) adversary.follow?.(found.inputGradient);
    }
    run.batch++;
  }

  /** Attacks the validation examples, at the weights that would be saved. */
  validate(signal?: AbortSignal): Promise<Accuracies> {
    this.opened.at.weights = current(this.run);
    return validate(this.opened.oracle, this.task.validation, this.task.trial, signal);
  }

  close(): Promise<void> {
    return this.opened.close();
  }

  private nextBatch(): Batch {
    const { training, trial, settings: { batchSize, augmentations } } = this.task;
    const { epoch, batch } = this.run;
    const { seed } = trial;
    if (this.order?.epoch !== epoch) this.order = { epoch, positions: epochOrder({ count: training.length, seed }, epoch) };
    const examples = Array.from(batchOf(this.order.positions, batchSize, batch), (position) => training[position] as Task['training'][number]);
    return fillBatch(examples, { setting: trial, augmentations, seed }, epoch);
  }

  /** Where dropout's random numbers come from, row by row. */
  private drawsOf({ ids }: Batch, replay: number): Random[] {
    return ids.map((id) => randomOf(this.task.trial.seed, 'draws', this.run.epoch, id, replay));
  }
}

function count(tally: Run['tally'], { loss, logits }: TrainingStep, { y }: Batch): void {
  const adv = logits.at(-1) as Float32Array;
  const classes = adv.length / y.length;
  tally.steps++;
  tally.loss += loss;
  tally.rows += y.length;
  for (const [row, label] of y.entries()) tally.correct += Number(argmax(adv.subarray(row * classes, (row + 1) * classes)) === label);
}
