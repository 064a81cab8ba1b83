import type { Values } from '../../graph/trainable.ts';
import { train, type Epoch, type TrainingEvents } from '../../train/train.ts';
import { hardenPlanOf, type HardenRequest } from './hardenPlan.ts';
import { openHardenTask } from './hardenTask.ts';

/** An epoch, and the model as it is after it. */
export interface HardenedEpoch extends Epoch {
  /** Writes the model in the format it came in; the file to open. Valid until the next epoch. */
  readonly save: (folder: string) => Promise<string>;
}

/**
 * Trains a saved model against attacks, epoch by epoch. Returns, after the last one, how to save the best by robust
 * accuracy on validation examples.
 */
export async function* harden(request: HardenRequest = {}, events: TrainingEvents = {}): AsyncGenerator<HardenedEpoch, Pick<HardenedEpoch, 'save'>> {
  const { task, close } = await openHardenTask(hardenPlanOf(request), (line) => events.note?.(line));
  const saving = (weights: Values) => (folder: string) => task.trainable.save(folder, weights);
  const epochs = train(task, events);
  try {
    for (let next = await epochs.next(); ; next = await epochs.next()) {
      if (next.done) return { save: saving(next.value.weights) };
      yield { ...next.value, save: saving(next.value.weights) };
    }
  } finally {
    await epochs.return({ weights: new Map(), history: [], steps: 0 });
    close();
  }
}
