import type { Dataset } from '../../core/dataset.ts';
import type { GalleryItem } from '../../core/result.ts';
import type { OpenedEngine } from '../../engine/choose.ts';
import { evaluate } from '../../evaluate/evaluate.ts';
import type { Example } from '../../evaluate/example.ts';
import { isSameAttack } from '../../evaluate/trial.ts';
import type { Judged, Trial } from '../../evaluate/trial.ts';
import { examplesOf } from '../examplesOf.ts';
import type { ExampleSource } from '../exampleSource.ts';
import { galleryChoice, withinRoom } from './galleryChoice.ts';
import type { Broken, GalleryChoice } from './galleryChoice.ts';
import { galleryColumns } from './galleryColumns.ts';
import { galleryImage } from './galleryImage.ts';
import { galleryPrediction } from './galleryPrediction.ts';
import type { Note } from '../subject.ts';

export interface GalleryRequest extends Omit<GalleryChoice, 'seed'> {
  readonly engine: OpenedEngine;
  readonly dataset: Dataset;
  /** As the scan ran it. */
  readonly trial: Trial;
  /** Each with the first attack that broke it. */
  readonly broken: readonly Broken[];
  /** What the oracle calls logits are shares already. */
  readonly probabilities: boolean;
  /** The examples from the beginning. */
  readonly source: ExampleSource;
  readonly note: Note;
  readonly signal: AbortSignal | undefined;
}

/**
 * Some of the examples that were broken, to be looked at. Points are not kept by a scan: what broke each of these is run
 * again, in this thread, and comes to the same point, also where the scan itself only recalled that it did.
 */
export async function galleryOf(request: GalleryRequest): Promise<GalleryItem[]> {
  const { broken, trial, source, note } = request;
  const chosen = galleryChoice(broken, { ...request, seed: trial.seed });
  const examples = new Map((await examplesOf(new Set(chosen.map(({ id }) => id)), source)).map((example) => [example.id, example]));
  const found = await brokenAgain(chosen, examples, request);
  const items: GalleryItem[] = [];
  for (const one of chosen) {
    const [example, judged] = [examples.get(one.id), found.get(one.id)];
    const item = example && judged && (await itemOf(one, example, judged, request));
    if (item) items.push(item);
  }
  const lost = chosen.length - items.length;
  if (lost > 0) note(`gallery: ${lost} of ${chosen.length} samples are left out: run again, the attack that broke them did not`);
  return withinRoom(items);
}

/** What comes of running again, on each example, the attack that broke it, at its epsilon and at those before. */
async function brokenAgain(chosen: readonly Broken[], examples: ReadonlyMap<number, Example>, { engine, trial, signal }: GalleryRequest): Promise<Map<number, Judged>> {
  const toRun = chosen.flatMap(({ id, attack }) => {
    const example = examples.get(id);
    return example ? [{ ...example, pending: upTo(attack, trial) }] : [];
  });
  const breakers = new Map(chosen.map(({ id, attack }) => [id, attack]));
  const found = new Map<number, Judged>();
  const keep = (judged: Judged) => {
    const { id, attack, outcome } = judged.record;
    if (outcome === 'broken' && attack === breakers.get(id)) found.set(id, judged);
  };
  await evaluate(engine.oracle, handedOut(toRun), trial, keep, { signal });
  return found;
}

/** Places of an attack and of its runs at smaller epsilons, from which it may go on. */
function upTo(label: string, { attacks }: Trial): number[] {
  const last = attacks.findIndex((one) => one.label === label);
  const breaker = attacks[last];
  return [...attacks.keys()].filter((at) => at <= last && breaker && isSameAttack(attacks[at] ?? breaker, breaker));
}

async function* handedOut(examples: readonly Example[]): AsyncGenerator<Example, void> {
  for (const example of examples) yield await Promise.resolve(example);
}

/** undefined where the model says otherwise than in the scan. */
async function itemOf({ id, attack }: Broken, { x }: Example, { record, point }: Judged, request: GalleryRequest): Promise<GalleryItem | undefined> {
  const { engine, trial, dataset, probabilities, robustBefore } = request;
  const { label } = record;
  const planned = trial.attacks.find((one) => one.label === attack);
  if (!planned || !point) return undefined;
  const about = { oracle: engine.oracle, seed: trial.seed, probabilities };
  const clean = await galleryPrediction(x, record, about);
  const adversarial = await galleryPrediction(point, record, about);
  if (clean.prediction !== label || adversarial.prediction === label) return undefined;
  const [image, columns] = [await galleryImage(x, point, dataset), galleryColumns(x, point, dataset)];
  return {
    ...{ id, label, attack: planned.series ?? attack, norm: trial.norm, epsilon: planned.epsilon ?? trial.epsilon },
    distance: record.distances?.[trial.norm] ?? null,
    ...{ clean, adversarial },
    ...(robustBefore?.has(id) && { regressed: true as const }),
    ...(image && { image }),
    ...(columns && { columns }),
  };
}
