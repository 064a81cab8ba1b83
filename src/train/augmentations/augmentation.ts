import type { GenericSchema, InferOutput } from 'valibot';
import type { Bounds } from '../../core/bounds.ts';
import type { Columns } from '../../core/dataset.ts';
import type { Random } from '../../core/random.ts';

/** What examples look like. */
export interface Setting {
  /** Of one example: [H, W, C] or [features]. */
  readonly shape: readonly number[];
  readonly bounds: Bounds;
  /** Of a table. */
  readonly columns?: Columns | undefined;
}

/** A random change of an example that leaves its class. */
export interface Augmentation<Schema extends GenericSchema = GenericSchema> {
  readonly name: string;
  /** One line: what it does. */
  readonly summary: string;
  /** It makes sense of [H, W, C] only. */
  readonly images: boolean;
  readonly options: Schema;
  /** Changes the example in place. */
  apply(x: Float32Array, setting: Setting, random: Random, options: InferOutput<Schema>): void;
}

/** Checks and returns a plain augmentation. Adding one = one file, one line in augmentations/index.ts, one row in its test. */
export function defineAugmentation<Schema extends GenericSchema>(augmentation: Augmentation<Schema>): Augmentation<Schema> {
  return augmentation;
}
