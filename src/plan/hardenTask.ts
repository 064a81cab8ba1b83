import { hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { select, type Selection } from '../../datasets/index.ts';
import { UserError } from '../core/errors.ts';
import type { Norm } from '../core/norms.ts';
import { randomOf } from '../core/random.ts';
import type { PlannedAttack } from '../evaluate/trial.ts';
import type { SavedModel } from '../graph/model.ts';
import type { Trainable } from '../graph/trainable.ts';
import type { Chosen, Plugin } from '../train/choose.ts';
import type { Settings, Task } from '../train/task.ts';
import { ExampleSource, type HashedExample } from './exampleSource.ts';
import { trialOf } from './measure.ts';
import { planOf, type Plan, type ScanRequest } from './plan.ts';
import { planAttacks } from './plannedAttacks.ts';
import { openSubject, type Note, type Subject } from './subject.ts';
import { trainingSettings, type TrainingRequest } from './trainingSettings.ts';

/** A model, the data to train it on, and how. Model, data and threat as for a scan. */
export interface HardenRequest extends TrainingRequest, Pick<ScanRequest, 'model' | 'data' | 'norm' | 'epsilon' | 'seed' | 'limit' | 'range' | 'mean' | 'std' | 'output' | 'inputShape' | 'classes' | 'label' | 'bounds' | 'immutable' | 'integer' | 'skipUnreadable'> {
  /** Examples to validate on. Default: a twentieth of the training examples, at most 1,000, drawn by the seed and not trained on. */
  readonly validation?: ScanRequest['data'];
  /** What validates each epoch. Default: pgd(steps=20). */
  readonly validationAttack?: string;
}

/** A task, with what it was made from. */
export interface HardenTask {
  readonly task: Task;
  readonly model: SavedModel;
  /** Says of two tasks whether one can go on with the other's checkpoint. */
  readonly identity: object;
  readonly close: () => void;
}

const bundledTraining = 'fashion-mnist:train';

/** A task whose examples have been hashed. */
interface Read extends Task {
  readonly training: readonly HashedExample[];
  readonly validation: readonly HashedExample[];
}

/** Opens model and data, reads the examples, and checks all that can be checked before the first step. */
export async function openHardenTask(request: HardenRequest, note: Note): Promise<HardenTask> {
  const { validation, validationAttack = 'pgd(steps=20)', ...rest } = request;
  const scanned = scanPartOf(rest);
  if (rest.data === undefined) note(`no data given: using the bundled ${bundledTraining}`);
  const plan = planOf({ data: bundledTraining, ...scanned, attacks: validationAttack });
  checkSingle(plan);
  const subject = await openSubject(plan, note);
  try {
    const trainable = trainableOf(subject.model);
    const settings = trainingSettings(rest, subject.dataset.shape);
    const all = await examplesOf(subject, plan.selection);
    const [training, held] = validation === undefined ? split(all, plan.seed) : [all, await validationOf({ ...scanned, data: validation }, subject, note)];
    if (training.length === 0 || held.length === 0) throw new UserError(`${subject.dataset.spec}: expected examples to train and to validate on, found ${training.length} and ${held.length}`);
    const trial = { ...trialOf(plan, subject), eightBit: false };
    const task: Read = { trainable, training, validation: held, trial, settings, inner: innerOf(settings, trial.norm), watch: watchIn(trial.norm), threads: availableParallelism() };
    return { task, model: subject.model, identity: identityOf(task, subject.model), close: () => subject.close() };
  } catch (error) {
    subject.close();
    throw error;
  }
}

/** An example is trained on and counted once an epoch. */
function checkSingle({ epsilons, attacks }: Plan): void {
  if (epsilons && epsilons.length > 1) throw new UserError(`epsilon: expected one to train at, found ${epsilons.join(', ')}`);
  if (attacks.length > 1) throw new UserError(`validationAttack: expected one attack, found ${attacks.map(({ label }) => label).join(', ')}`);
}

function trainableOf({ path, trainable }: SavedModel): Trainable {
  if (typeof trainable === 'object') return trainable;
  throw new UserError(`${path}: it cannot be trained: ${trainable ?? 'its loader does not know how'}`);
}

const scanFields = ['model', 'data', 'norm', 'epsilon', 'seed', 'limit', 'range', 'mean', 'std', 'output', 'inputShape', 'classes', 'label', 'bounds', 'immutable', 'integer', 'skipUnreadable'] as const;

/** What a scan is asked in the same words. */
export function scanPartOf(request: HardenRequest): ScanRequest {
  return Object.fromEntries(scanFields.flatMap((field) => (request[field] === undefined ? [] : [[field, request[field]]])));
}

async function examplesOf({ dataset, model: { classes } }: Pick<Subject, 'dataset' | 'model'>, selection: Selection): Promise<HashedExample[]> {
  const source = new ExampleSource(select(dataset, selection), { spec: dataset.spec, classes, labels: 'given', target: undefined, columns: dataset.columns });
  const examples: HashedExample[] = [];
  for await (const example of source) examples.push({ ...example, x: example.x.slice() });
  return examples;
}

async function validationOf(request: ScanRequest, { model, epsilon }: Subject, note: Note): Promise<HashedExample[]> {
  const { limit: _, ...whole } = request;
  const plan = planOf({ ...whole, model, epsilon });
  const { dataset } = await openSubject(plan, note);
  return examplesOf({ dataset, model }, plan.selection);
}

/** Holds out a twentieth, at most 1,000, drawn by the seed. */
function split(examples: readonly HashedExample[], seed: number): readonly [training: HashedExample[], validation: HashedExample[]] {
  const held = Math.min(1000, Math.ceil(examples.length / 20));
  const drawn = examples.map(({ id }, at) => ({ at, draw: randomOf(seed, 'validation', id).uniform() }));
  const chosen = new Set(drawn.sort((a, b) => a.draw - b.draw || a.at - b.at).slice(0, held).map(({ at }) => at));
  return [examples.filter((_, at) => !chosen.has(at)), examples.filter((_, at) => chosen.has(at))];
}

export function innerOf({ method: { plugin, options } }: Settings, norm: Norm): Task['inner'] {
  const source = plugin.adversary(options);
  if ('replays' in source) return source;
  const [attack] = planAttacks([source], norm);
  return { attack: attack as PlannedAttack, away: source.away };
}

function watchIn(norm: Norm): PlannedAttack {
  const [attack] = planAttacks([{ name: 'pgd', options: { steps: 10, stepSize: 0.25, stopWhenFooled: false } }], norm);
  return attack as PlannedAttack;
}

/** All that decides the weights that a task ends with, on one machine. */
function identityOf({ trial: { norm, epsilon, seed, attacks }, settings, training, validation }: Read, { sha256 }: SavedModel): object {
  const plugins = ({ plugin: { name }, options }: Chosen<Plugin>) => ({ name, options: options as object });
  const { method, optimizer, schedule, augmentations, ...numbers } = settings;
  const named = { method: plugins(method), optimizer: plugins(optimizer), schedule: plugins(schedule), augmentations: augmentations.map(plugins) };
  const hashOf = (examples: readonly HashedExample[]) => hash('sha256', examples.map((example) => `${example.id} ${example.hash}`).join('\n'));
  return {
    model: sha256,
    training: hashOf(training),
    validation: hashOf(validation),
    ...{ norm, epsilon, seed, validationAttack: attacks.map(({ label }) => label).join() },
    ...numbers,
    ...named,
    threads: availableParallelism(),
  };
}
