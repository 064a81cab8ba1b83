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
  /** Tables only: what the columns allow, for every attack to respect. */
  readonly columns?: Columns;
  /** What was left aside when it was opened, for the user to see: files that no reader knows, classes without a folder. */
  readonly notes?: readonly string[];
  /**
   * Streams the examples in the reader's own order, ids rising. Throws a UserError at the first malformed one. Those
   * that are not `wanted` need not be decoded or delivered.
   */
  read(wanted?: (id: number) => boolean): AsyncIterable<Sample>;
  /** Examples that the last `read` left out because they could not be read (`skipUnreadable`). */
  skipped?(): number;
}

/** The columns of a table, one entry per feature. */
export interface Columns {
  readonly names: readonly string[];
  /** 1 where an attack must leave the value as it is. */
  readonly immutable: Uint8Array;
  /** 1 where only whole numbers make sense. */
  readonly integer: Uint8Array;
}

/** What a reader is told beside the path: by the model, and by the user only what it takes. */
export interface ReaderOptions {
  /** The model's own input shape: what images are resized to. */
  readonly shape?: readonly number[];
  /** The model's number of classes. */
  readonly classCount?: number;
  /** Labels do not matter, and need not be there: the model gives its own. */
  readonly unlabelled?: boolean;
  /** images, csv: a file of class names, one per line, in the order of the model's classes. */
  readonly classes?: string;
  /** images: leave out what cannot be decoded, and count it, instead of stopping. */
  readonly skipUnreadable?: boolean;
  /** csv: name of the column that holds the class. */
  readonly label?: string;
  /** csv: name of the column that holds the groups; where the table has more columns than the model takes it is not one of them. */
  readonly groups?: string;
  /** csv, npy, npz: the box, where it is not [0, 1]: `0..255`, or per column `0..1,age=17..90`. */
  readonly bounds?: string;
  /** csv: names of columns that no attack may change. */
  readonly immutable?: readonly string[];
  /** csv: names of columns that hold whole numbers. */
  readonly integer?: readonly string[];
}

/** A dataset format. */
export interface DatasetReader {
  readonly name: string;
  /** One line for `breakwater list readers`. */
  readonly summary: string;
  /** What it takes of the options a user may give, beside the model's own. Others are refused before it is opened. */
  readonly options?: readonly (keyof ReaderOptions)[];
  /** True when a path given without a reader's name looks like this format. */
  matches(path: string): boolean;
  /** Checks the files' headers. Throws a UserError that names the file, what was expected and what was found. */
  open(path: string, options: ReaderOptions): Promise<Dataset>;
}
