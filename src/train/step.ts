import { UserError } from '../core/errors.ts';
import { average } from './ema.ts';
import { perturbedWeights } from './awp.ts';
import { clipNorm } from './clipNorm.ts';
import { descend } from './descent.ts';
import { learningRate, type Course } from './learningRate.ts';
import type { Run } from './run.ts';
import type { Task } from './task.ts';
import type { TrainingBatch, TrainingProgram, TrainingStep } from './trainingProgram.ts';

/** One training step: the gradients of a batch, at the weights or at worse ones beside them, and the move. What it found is valid until the next. */
export async function step(program: TrainingProgram, batch: TrainingBatch, run: Run, task: Task, course: Course): Promise<TrainingStep> {
  const { settings, trainable } = task;
  const first = await program.step(batch, run.weights);
  const worse = settings.awp === undefined ? undefined : perturbedWeights(trainable.parameters, run.weights, first.gradients, settings.awp);
  const found = worse ? await program.step(batch, worse) : first;
  const rate = learningRate(settings.schedule, course, run.descent.steps);
  const norm = clipNorm(found.gradients, settings.clipNorm ?? Infinity);
  if (!Number.isFinite(found.loss)) throw diverged(run, rate, `the loss is ${found.loss}`);
  if (!Number.isFinite(norm)) throw diverged(run, rate, 'a gradient is not finite');
  descend(settings.optimizer, run.descent, run.weights, found.gradients, rate);
  for (const [name, moved] of found.statistics) run.weights.get(name)?.set(moved);
  if (settings.ema !== undefined) average(run.means, run.weights, settings.ema, run.descent.steps - 1);
  return found;
}

/** The end of a run whose numbers have left what float32 can hold. */
export function diverged({ epoch, descent }: Run, rate: number, what: string): UserError {
  const kept = epoch === 0 ? 'no epoch was completed' : `the checkpoint after epoch ${epoch} is whole`;
  return new UserError(
    `training: ${what} at step ${descent.steps + 1}, in epoch ${epoch + 1}; ${kept}; a learning rate below ${rate.toPrecision(2)} or clipped gradients may help`,
  );
}
