import { relative } from 'node:path';
import { cwd } from 'node:process';
import { bundledDataset, openDataset } from '../../datasets/index.ts';
import { bundledModel } from '../../models/bundled.ts';
import { openModel } from '../../models/index.ts';
import type { Dataset } from '../core/dataset.ts';
import { checkEpsilon } from '../core/epsilon.ts';
import { UserError } from '../core/errors.ts';
import type { Groups } from '../core/groups.ts';
import type { Norm } from '../core/norms.ts';
import type { SavedModel } from '../graph/model.ts';
import { epsilonText } from '../report/figures.ts';
import { curveUpTo } from './attacks/epsilons.ts';
import { groupsOf } from './groups.ts';
import type { Plan } from './plan.ts';

/** A line for the user. */
export type Note = (line: string) => void;

/** What is scanned. */
export interface Subject {
  readonly dataset: Dataset;
  readonly model: SavedModel;
  /** Where they were asked for. */
  readonly groups: Groups | undefined;
  /** Ascending. */
  readonly epsilons: readonly number[];
  /** The largest of them, about which the verdict is. */
  readonly epsilon: number;
  /** Frees the model, unless the caller opened it. */
  close(): void;
}

/** Opens model and data, which may be read to fit the model, and checks all that can be checked without running the model. */
export async function openSubject(plan: Plan, note: Note): Promise<Subject> {
  const model = await openPlanned(plan, note);
  const close = () => {
    if (plan.model !== model) model.close();
  };
  try {
    const dataset = await openData(plan, model, note);
    const epsilons = epsilonsFor(plan, dataset, note);
    checkFit(model, dataset);
    checkTarget(plan, model);
    const groups = plan.groups && (await groupsOf(plan.groups, dataset));
    return { dataset, model, groups, epsilons, epsilon: Math.max(...epsilons), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function openData({ data, reader, labels, groups }: Plan, { inputShape, classes }: SavedModel, note: Note): Promise<Dataset> {
  if (typeof data === 'object') return data;
  if (data === undefined) note(`no data given: using the bundled ${bundledDataset()}`);
  // Where the model labels the examples, it does not matter how many classes the data has, nor whether it has any.
  const told = labels === 'given' ? { classCount: classes } : { unlabelled: true };
  const column = groups && 'column' in groups ? { groups: groups.column } : {};
  const dataset = await openDataset(data ?? bundledDataset(), { ...reader, shape: inputShape, ...told, ...column });
  for (const line of dataset.notes ?? []) note(line);
  return dataset;
}

async function openPlanned({ model, preprocessing, choices }: Plan, note: Note): Promise<SavedModel> {
  if (typeof model === 'object') return model;
  if (model === undefined) note('no model given: using the bundled one');
  // From the current folder, so that a report does not depend on where the package lies.
  return openModel(model ?? relative(cwd(), bundledModel()), preprocessing, choices);
}

function epsilonsFor({ epsilons, curve, norm }: Plan, dataset: Dataset, note: Note): readonly number[] {
  const { kind, shape, bounds } = dataset;
  const chosen = epsilons ?? defaultEpsilon(norm, dataset);
  if (chosen === undefined) {
    const what = kind === 'image' && norm === 'linf' ? 'bounds other than [0, 1]' : `${kind}s in ${norm}`;
    throw new UserError(`epsilon: expected a number, found none, and there is no default for ${what}`);
  }
  if (epsilons === undefined) note(`no epsilon given: using ${chosen.map(epsilonText).join(', ')} in linf`);
  for (const epsilon of chosen) checkEpsilon(norm, epsilon, bounds, sizeOf(shape));
  return curve ? chosen.flatMap((epsilon) => curveUpTo(epsilon, norm)) : chosen;
}

/** Epsilon is in the units of the bounds: 8/255 means little in [0, 255]. */
function defaultEpsilon(norm: Norm, { spec, kind, bounds: { lower, upper } }: Dataset): readonly [number] | undefined {
  if (norm !== 'linf' || kind !== 'image' || lower !== 0 || upper !== 1) return undefined;
  return [spec.startsWith('fashion-mnist:') ? 0.1 : 8 / 255];
}

/** The same values in the same order: equal shapes up to axes of length 1, or a model that takes a flat vector. */
function checkFit(model: SavedModel, { spec, shape }: Dataset): void {
  const squeeze = (axes: readonly number[]) => axes.filter((length) => length !== 1).join();
  const flat = squeeze(model.inputShape) === String(sizeOf(shape));
  if (flat || squeeze(model.inputShape) === squeeze(shape)) return;
  throw new UserError(`${model.path} takes examples of shape [${model.inputShape.join(', ')}], ${spec} has [${shape.join(', ')}]`);
}

function checkTarget({ target }: Plan, { classes, path }: SavedModel): void {
  if (typeof target !== 'number' || target < classes) return;
  throw new UserError(`target: expected a class from 0 to ${classes - 1} as ${path} has ${classes}, found ${target}`);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
