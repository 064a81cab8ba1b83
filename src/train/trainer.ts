import { randomOf, type Random } from '../core/random.ts';
import { argmax } from '../evaluate/prediction.ts';
import type { PlannedAttack } from '../evaluate/trial.ts';
import type { Adversary } from './adversary.ts';
import { attackingAdversary } from './attackingAdversary.ts';
import { batchesPerEpoch, batchOf, epochOrder } from './batches.ts';
import { fillBatch, type Batch } from './fillBatch.ts';
import { LogitsNotFinite } from './innerAttack.ts';
import { learningRate, type Course } from './learningRate.ts';
import { openTask, type Opened } from './opened.ts';
import { replayingAdversary } from './replayingAdversary.ts';
import { current, startRun, type Run } from './run.ts';
import { diverged, step } from './step.ts';
import type { Task } from './task.ts';
import { craftersOf, threadedAdversary } from './threadedAdversary.ts';
import type { TrainingStep } from './trainingProgram.ts';
import { validate, type Accuracies } from './validate.ts';
import { answer, correctUnder, isWatched, note } from './watch.ts';

/** Opens a task: before its first step, or where an earlier run of it stands. */
export async function openTrainer(task: Task, earlier?: Run): Promise<Trainer> {
  return new Trainer(task, await openTask(task), earlier ?? startRun(task));
}

/** A training run under way. */
export class Trainer {
  /** Replaced where it goes back to an earlier one. */
  run: Run;
  readonly batchesPerEpoch: number;
  private readonly task: Task;
  private readonly opened: Opened;
  private readonly adversary: Adversary;
  private readonly course: Course;
  private order: { readonly epoch: number; readonly positions: Uint32Array } | undefined;

  constructor(task: Task, opened: Opened, run: Run) {
    const { training, settings: { epochs, batchSize, learningRate: peak, warmUp } } = task;
    this.task = task;
    this.opened = opened;
    this.run = run;
    this.adversary = this.adversaryOf(task, opened);
    for (const [name, values] of run.memory) this.adversary.memory.get(name)?.set(values);
    run.memory = this.adversary.memory;
    this.batchesPerEpoch = batchesPerEpoch({ count: training.length, batchSize });
    const steps = epochs * this.batchesPerEpoch * this.adversary.replays;
    this.course = { peak, steps, warmUp: warmUp * steps };
  }

  /** Learns from the next batch of the epoch. A line for the user where that has gone wrong, and the run has gone back. */
  async learn(): Promise<string | undefined> {
    const { run, task, adversary, opened: { at, objective, oracle, program } } = this;
    const batch = this.nextBatch();
    at.weights = run.weights;
    const watched = task.settings.method.plugin.watched && isWatched(run);
    const held = watched ? await correctUnder(oracle, batch, { attack: task.watch, away: 'label', trial: task.trial }, run.epoch) : 0;
    for (let replay = 0; replay < adversary.replays; replay++) {
      const adv = await adversary.examples(batch, run.epoch).catch((error: unknown) => this.fail(error));
      const views = objective.views === 1 ? [adv] : [batch.x, adv];
      const found = await step(program, { views, labels: batch.y, draws: this.drawsOf(batch, replay) }, run, task, this.course);
      count(run.tally, found, batch);
      if (watched) note(run, held, found.logits.at(-1) as Float32Array, batch);
      if (found.inputGradient) adversary.follow?.(found.inputGradient);
    }
    run.batch++;
    const answered = watched ? answer(run, task) : undefined;
    if (answered) this.run = answered.run;
    return answered?.line;
  }

  /** Attacks the validation examples, at the weights that would be saved. */
  validate(signal?: AbortSignal): Promise<Accuracies> {
    this.opened.at.weights = current(this.run);
    return validate(this.opened.oracle, this.task.validation, this.task.trial, signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.opened.close(), this.adversary.close()]);
  }

  private adversaryOf({ inner, trial, threads, startCrafter }: Task, { oracle, program: { rows }, model, at }: Opened): Adversary {
    if ('replays' in inner) return replayingAdversary(inner.replays, rows, oracle.size, trial);
    const attack = () => withSteps(inner.attack, this.run.shortened);
    const count = craftersOf(threads, rows);
    if (count === 1 || !startCrafter) return attackingAdversary(oracle, () => ({ ...inner, attack: attack(), trial }));
    const start = () => startCrafter({ model, crafting: { ...inner, trial } });
    return threadedAdversary({ count, start, weights: () => at.weights, options: () => attack().options });
  }

  private fail(error: unknown): never {
    const { settings: { schedule } } = this.task;
    if (error instanceof LogitsNotFinite) throw diverged(this.run, learningRate(schedule, this.course, this.run.descent.steps), 'a logit is not finite');
    throw error;
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

/** The attack, its steps this share of their length. */
function withSteps(attack: PlannedAttack, share: number): PlannedAttack {
  const { stepSize } = attack.options;
  return typeof stepSize === 'number' ? { ...attack, options: { ...attack.options, stepSize: share * stepSize } } : attack;
}

function count(tally: Run['tally'], { loss, logits }: TrainingStep, { y }: Batch): void {
  const adv = logits.at(-1) as Float32Array;
  const classes = adv.length / y.length;
  tally.steps++;
  tally.loss += loss;
  tally.rows += y.length;
  for (const [row, label] of y.entries()) tally.correct += Number(argmax(adv.subarray(row * classes, (row + 1) * classes)) === label);
}
