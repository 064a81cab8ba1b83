import { randomOf } from '../core/random.ts';
import type { Example } from '../evaluate/example.ts';
import { augment } from './augment.ts';
import type { Augmentation, Setting } from './augmentations/augmentation.ts';
import type { Chosen } from './choose.ts';

/** Rows of a training step. */
export interface Batch {
  readonly ids: readonly number[];
  /** [batch, size] */
  readonly x: Float32Array;
  /** [batch] */
  readonly y: readonly number[];
}

/** What makes rows of examples. */
export interface Preparation {
  readonly setting: Setting;
  readonly augmentations: readonly Chosen<Augmentation>[];
  readonly seed: number;
}

/**
 * Copies examples into the rows of a batch, augmented. What is drawn depends on seed, epoch and the example's id, not on
 * the batch it is in.
 */
export function fillBatch(examples: readonly Example[], { setting, augmentations, seed }: Preparation, epoch: number): Batch {
  const size = setting.shape.reduce((product, length) => product * length, 1);
  const x = new Float32Array(examples.length * size);
  for (const [row, example] of examples.entries()) {
    const own = x.subarray(row * size, (row + 1) * size);
    own.set(example.x);
    augment(own, augmentations, setting, randomOf(seed, 'augment', epoch, example.id));
  }
  return { ids: examples.map(({ id }) => id), x, y: examples.map(({ y }) => y) };
}

/** The rows as examples of their own: views of the batch. */
export function rowsOf({ ids, x, y }: Batch): Example[] {
  const size = x.length / ids.length;
  return ids.map((id, row) => ({ id, x: x.subarray(row * size, (row + 1) * size), y: y[row] as number }));
}
