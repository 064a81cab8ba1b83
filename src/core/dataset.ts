import type { Bounds } from './bounds.ts';
import type { Sample } from './sample.ts';

/** A readable set of examples. Opening it has checked its headers; reading it streams. */
export interface Dataset {
  /** As a user writes it: `idx:images.gz,labels.gz`. */
  readonly spec: string;
  /** Shape of one example, without the batch: [H, W, C] or [features]. */
  readonly shape: readonly number[];
  readonly kind: 'image' | 'table';
  readonly bounds: Bounds;
  /** Number of examples, before any selection. */
  readonly count: number;
  /** Largest label + 1, or more where the format says so. Labels are checked against the model's classes. */
  readonly classNames?: readonly string[];
  /** Streams the examples in the reader's own order. Throws a UserError at the first malformed one. */
  read(): AsyncIterable<Sample>;
}

/** A dataset format: `options` come from `reader:path`. */
export interface DatasetReader {
  readonly name: string;
  /** One line for `breakwater list readers`. */
  readonly summary: string;
  /** True when a path given without a reader's name looks like this format. */
  matches(path: string): boolean;
  /** Checks the files' headers. Throws a UserError that names the file, what was expected and what was found. */
  open(path: string): Promise<Dataset>;
}
