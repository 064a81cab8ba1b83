import { randomOf } from '../../src/core/random.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import type { SavedModel } from '../../src/graph/model.ts';
import type { Trainable, Values } from '../../src/graph/trainable.ts';
import { trainingGraph, type Objective } from '../../src/graph/trainingGraph.ts';
import { crossEntropy } from '../../src/train/objectives.ts';
import { openTrainingProgram, type TrainingStep } from '../../src/train/trainingProgram.ts';

export interface Asked {
  readonly views: readonly Float32Array[];
  readonly labels: readonly number[];
}

export function trainableOf({ trainable }: SavedModel): Trainable {
  if (trainable === undefined || typeof trainable === 'string') throw new Error(trainable ?? 'no sentence says why');
  return trainable;
}

export const valuesOf = ({ parameters }: Trainable): Values => new Map(parameters.map(({ name, data }) => [name, data]));

/** Training steps of a model on one program, each row with the same draw every time. What they find is a copy. */
export async function openSteps(trainable: Trainable, rows: number, objective: Objective = crossEntropy()) {
  const graph = await trainingGraph(await trainable.trace(rows, 'training'), objective, evaluate, { inputGradient: true });
  const program = await openTrainingProgram(graph, { threads: 1 });
  const draws = Array.from({ length: rows }, (_, row) => randomOf(7, row));
  return {
    step: async (asked: Asked, values = valuesOf(trainable)): Promise<TrainingStep> => copied(await program.step({ ...asked, draws }, values)),
    release: () => program.release(),
  };
}

export async function oneStep(trainable: Trainable, asked: Asked, objective?: Objective): Promise<TrainingStep> {
  const { step, release } = await openSteps(trainable, asked.labels.length, objective);
  try {
    return await step(asked);
  } finally {
    await release();
  }
}

const copied = ({ loss, logits, gradients, statistics, inputGradient }: TrainingStep): TrainingStep => ({
  loss,
  logits: logits.map((each) => each.slice()),
  gradients: copies(gradients),
  statistics: copies(statistics),
  ...(inputGradient && { inputGradient: inputGradient.slice() }),
});

const copies = (values: Values): Values => new Map([...values].map(([name, data]) => [name, data.slice()]));

/** The largest difference over all of them, relative to the largest entry of all: some gradients are nothing but rounding. */
export function differenceOf(found: Values, expected: Values): number {
  let [error, largest] = [0, 1e-12];
  for (const [name, values] of expected)
    for (const [i, value] of values.entries()) {
      error = Math.max(error, Math.abs(value - (found.get(name)?.[i] ?? NaN)));
      largest = Math.max(largest, Math.abs(value));
    }
  return error / largest;
}

/**
 * How far a step's gradients are from central differences of its loss, for an entry or two of each parameter and of the last
 * view's examples: the largest difference, relative to the largest entry.
 */
export async function gradientDifference(trainable: Trainable, asked: Asked, { objective, step = 1e-2 }: { objective?: Objective; step?: number } = {}): Promise<number> {
  const steps = await openSteps(trainable, asked.labels.length, objective);
  const values = valuesOf(trainable);
  const found = await steps.step(asked);
  let [error, largest] = [0, 1e-6];
  const compare = async (analytic: number, moved: (by: number) => Promise<TrainingStep>): Promise<void> => {
    const numeric = ((await moved(step)).loss - (await moved(-step)).loss) / (2 * step);
    largest = Math.max(largest, Math.abs(numeric));
    error = Math.max(error, Math.abs(numeric - analytic));
  };
  for (const [k, [name, gradient]] of [...found.gradients].entries())
    for (const i of someOf(gradient, k))
      await compare(gradient[i]!, (by) => steps.step(asked, new Map(values).set(name, shifted(values.get(name)!, i, by))));
  const [last, inputGradient] = [asked.views.at(-1)!, found.inputGradient!];
  for (const i of someOf(inputGradient, 0))
    await compare(inputGradient[i]!, (by) => steps.step({ ...asked, views: asked.views.with(-1, shifted(last, i, by)) }));
  await steps.release();
  return error / largest;
}

const shifted = (values: Float32Array, at: number, by: number): Float32Array => values.with(at, values[at]! + by);

/** Of a few parameters the largest entry and another, of the others in turns: a loss for each difference takes its time. */
function someOf(gradient: Float32Array, turn: number): number[] {
  const largest = gradient.reduce((best, value, i) => (Math.abs(value) > Math.abs(gradient[best]!) ? i : best), 0);
  const other = Math.floor((2 * gradient.length) / 3);
  return turn < 6 ? [...new Set([largest, other])] : [turn % 2 === 0 ? largest : other];
}
