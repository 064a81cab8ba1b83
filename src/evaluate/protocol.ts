import type { Judged } from './trial.ts';

/** Some examples on their way to a worker thread: row-major, so that one array is handed over. */
export interface Chunk {
  readonly ids: readonly number[];
  readonly labels: readonly number[];
  /** Which attacks are left to run on each; undefined for all. */
  readonly pending: readonly (readonly number[] | undefined)[];
  /** [ids.length, size] */
  readonly values: Float32Array<ArrayBuffer>;
}

export interface Emitted {
  readonly judged: Judged;
  readonly seconds: number;
}

/** A worker thread asks for examples and hands in records; it is done when it has been told there are none left. */
export type FromWorker = { readonly pull: true } | { readonly emitted: readonly Emitted[] };
/** null: the examples are used up. stop: they are not wanted any more. */
export type ToWorker = Chunk | null | 'stop';
