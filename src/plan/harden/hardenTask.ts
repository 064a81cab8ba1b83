import { hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { select, type Selection } from '../../../datasets/index.ts';
import { UserError } from '../../core/errors.ts';
import { version } from '../../core/package.ts';
import { randomOf } from '../../core/random.ts';
import type { SavedModel } from '../../graph/model.ts';
import type { Trainable } from '../../graph/trainable.ts';
import { count, counted } from '../../report/figures.ts';
import { checkAugmentations } from '../../train/augment.ts';
import type { Chosen, Plugin } from '../../train/choose.ts';
import type { Task } from '../../train/task.ts';
import { ExampleSource, type HashedExample } from '../exampleSource.ts';
import { fromScratch } from './fromScratch.ts';
import type { HardenPlan } from './hardenPlan.ts';
import { asRead } from '../records/identity.ts';
import { trialOf } from '../measure.ts';
import type { Plan } from '../plan.ts';
import { orderOf } from '../attacks/plannedAttacks.ts';
import { startCrafter } from '../startWorker.ts';
import { openSubject, type Note, type Subject } from '../subject.ts';

/** A task, with what it was made from. */
export interface HardenTask {
  readonly task: Task;
  readonly model: SavedModel;
  /** Says of two tasks whether one can go on with the other's checkpoint. */
  readonly identity: object;
  readonly close: () => void;
}

/** A task whose examples have been hashed. */
interface Read extends Task {
  readonly training: readonly HashedExample[];
  readonly validation: readonly HashedExample[];
}

/** Opens model and data, reads the examples, and checks all that can be checked before the first step. */
export async function openHardenTask(plan: HardenPlan, note: Note): Promise<HardenTask> {
  const subject = await openSubject(plan.subject, note);
  try {
    const task = await taskOf(plan, subject, note);
    return { task, model: subject.model, identity: identityOf(task, plan, subject.model), close: () => subject.close() };
  } catch (error) {
    subject.close();
    throw error;
  }
}

async function taskOf(plan: HardenPlan, subject: Subject, note: Note): Promise<Read> {
  const { settings, inner, watch, subject: { seed, selection } } = plan;
  const saved = trainableOf(subject.model);
  checkAugmentations(settings.augmentations, subject.dataset);
  const all = await examplesOf(subject, selection);
  const [training, validation] = plan.validation ? [all, await validationOf(plan.validation, subject, note)] : split(all, seed);
  if (training.length === 0 || validation.length === 0)
    throw new UserError(`${subject.dataset.spec}: expected examples to train and to validate on, found ${training.length} and ${validation.length}`);
  note(`training on ${counted(training.length, 'example')} of ${subject.dataset.spec}, validating on ${plan.validation ? '' : 'another '}${count(validation.length)}`);
  const trainable = plan.fromScratch ? await fromScratch(saved, seed, note) : saved;
  const trial = { ...trialOf(plan.subject, subject), eightBit: false };
  return { trainable, training, validation, trial, settings, inner, watch, threads: availableParallelism(), startCrafter };
}

function trainableOf({ path, trainable }: SavedModel): Trainable {
  if (typeof trainable === 'object') return trainable;
  throw new UserError(`${path}: it cannot be trained: ${trainable ?? 'its loader does not know how'}`);
}

async function examplesOf({ dataset, model: { classes } }: Pick<Subject, 'dataset' | 'model'>, selection: Selection): Promise<HashedExample[]> {
  const source = new ExampleSource(select(dataset, selection), { spec: dataset.spec, classes, labels: 'given', target: undefined, columns: dataset.columns });
  const examples: HashedExample[] = [];
  for await (const example of source) examples.push({ ...example, x: example.x.slice() });
  return examples;
}

async function validationOf(plan: Plan, { model, epsilons }: Subject, note: Note): Promise<HashedExample[]> {
  const { dataset } = await openSubject({ ...plan, model, epsilons }, note);
  return examplesOf({ dataset, model }, plan.selection);
}

/** Holds out a twentieth, at most 1,000, drawn by the seed. */
function split(examples: readonly HashedExample[], seed: number): readonly [training: HashedExample[], validation: HashedExample[]] {
  const held = Math.min(1000, Math.ceil(examples.length / 20));
  const drawn = examples.map(({ id }, at) => ({ at, draw: randomOf(seed, 'validation', id).uniform() }));
  const chosen = new Set(drawn.sort((a, b) => a.draw - b.draw || a.at - b.at).slice(0, held).map(({ at }) => at));
  return [examples.filter((_, at) => !chosen.has(at)), examples.filter((_, at) => chosen.has(at))];
}

/** All that decides the weights that a task ends with, on one machine. */
function identityOf({ trial, settings, training, validation, threads }: Read, { fromScratch }: HardenPlan, { sha256, preprocessing, logits }: SavedModel): object {
  const plugins = ({ plugin: { name }, options }: Chosen<Plugin>) => ({ name, options: options as object });
  const { method, optimizer, schedule, augmentations, ...numbers } = settings;
  const named = { method: plugins(method), optimizer: plugins(optimizer), schedule: plugins(schedule), augmentations: augmentations.map(plugins) };
  const hashOf = (examples: readonly HashedExample[]) => hash('sha256', examples.map((example) => `${example.id} ${example.hash}`).join('\n'));
  return asRead({
    version,
    model: { sha256, preprocessing, logits },
    training: hashOf(training),
    validation: hashOf(validation),
    ...trial,
    attacks: trial.attacks.map(orderOf),
    ...{ fromScratch, ...numbers, ...named, threads },
  });
}
