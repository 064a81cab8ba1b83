import type { Values } from '../graph/trainable.ts';
import type { StepFigures } from './catastrophicOverfitting.ts';
import type { Checkpoint } from './checkpoint.ts';
import { startDescent, type Descent } from './descent.ts';
import { arraysOf, groupIn } from './groups.ts';
import type { Task } from './task.ts';
import type { Accuracies } from './validate.ts';

/** What the training steps of an epoch have come to, summed over its rows. */
export interface Tally {
  steps: number;
  loss: number;
  rows: number;
  /** Adversarial examples that were classified correctly, before the step that learned from them. */
  correct: number;
}

/** What is known of an epoch. */
export interface EpochFigures extends Accuracies {
  /** Means over the epoch. */
  readonly loss: number;
  readonly trainingAccuracy: number;
}

/** Where a training run stands: with the task all that decides how it goes on. */
export interface Run {
  readonly weights: Values;
  /** Running means of the weights, where they are kept. */
  readonly means: Values;
  readonly descent: Descent;
  /** Of the best epoch so far. */
  best: Values;
  /** What the adversary carries from batch to batch. */
  memory: Values;
  /** The next to do. */
  epoch: number;
  batch: number;
  tally: Tally;
  readonly history: EpochFigures[];
  /** How a single-step method does against its own step and against several. */
  readonly figures: StepFigures[];
  /** What is left of the length that was asked for its steps. */
  readonly shortened: number;
  /** Where to go back to when it collapses. */
  sound: Checkpoint | undefined;
}

export const emptyTally = (): Tally => ({ steps: 0, loss: 0, rows: 0, correct: 0 });

/** Before the first step. */
export function startRun({ trainable, settings: { optimizer, ema } }: Task): Run {
  const numbers = () => new Map(trainable.parameters.map(({ name, data }) => [name, data.slice()]));
  const weights = numbers();
  const learned = new Map(trainable.parameters.filter((parameter) => parameter.trainable).map(({ name, data }) => [name, data]));
  return {
    weights,
    means: ema === undefined ? new Map() : numbers(),
    descent: startDescent(optimizer, learned),
    best: new Map(),
    memory: new Map(),
    ...{ epoch: 0, batch: 0, tally: emptyTally(), history: [], figures: [], shortened: 1, sound: undefined },
  };
}

/** What a model of this run is at the moment: the means, where they are kept. */
export function current({ weights, means }: Run): Values {
  return means.size > 0 ? means : weights;
}

/** The part of a run that is not in arrays. */
interface State extends Pick<Run, 'epoch' | 'batch' | 'tally' | 'history' | 'figures' | 'shortened'> {
  /** Of the descent. */
  readonly steps: number;
  /** The state of the checkpoint to go back to. */
  readonly sound: unknown;
}

/** A copy of the run that later steps do not change. */
export function checkpointOf({ weights, means, best, memory, descent, sound, ...plain }: Run): Checkpoint {
  const own = arraysOf({ weights, means, best, memory, ...prefixed('descent:', descent.memory) });
  const state: State = { ...plain, steps: descent.steps, sound: sound?.state ?? null };
  const copies = Object.entries(own).map(([name, data]) => [name, data.slice()] as const);
  return { state: structuredClone(state), arrays: { ...Object.fromEntries(copies), ...prefixed('sound:', sound?.arrays ?? {}) } };
}

/** The run that a checkpoint is of. */
export function runOf({ state, arrays }: Checkpoint, { settings: { optimizer } }: Pick<Task, 'settings'>): Run {
  const { steps, sound, ...plain } = structuredClone(state) as State;
  const group = (name: string): Values => new Map(Array.from(groupIn(arrays, name), ([parameter, data]) => [parameter, data.slice()]));
  const memory = Object.fromEntries(optimizer.plugin.memory.map((vector) => [vector, group(`descent:${vector}`)]));
  return {
    ...plain,
    ...{ weights: group('weights'), means: group('means'), best: group('best'), memory: group('memory') },
    descent: { steps, memory },
    sound: sound === null ? undefined : { state: sound, arrays: withPrefix('sound:', arrays) },
  };
}

function prefixed<T>(prefix: string, entries: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [`${prefix}${name}`, value]));
}

/** Those entries again. */
function withPrefix<T>(prefix: string, entries: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [])));
}
