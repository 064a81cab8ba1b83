import type { GenericSchema, InferOutput } from 'valibot';

/** The course of the learning rate over a training run. */
export interface Schedule<Schema extends GenericSchema = GenericSchema> {
  readonly name: string;
  /** One line: what it does. */
  readonly summary: string;
  /** arXiv number, where there is one. */
  readonly paper?: string;
  readonly options: Schema;
  /** The share of the peak, 0 to 1, when a share of the run is done. */
  shape(done: number, options: InferOutput<Schema>): number;
}

/** Checks and returns a plain schedule. Adding one = one file, one line in schedules/index.ts, one row in its test. */
export function defineSchedule<Schema extends GenericSchema>(schedule: Schedule<Schema>): Schedule<Schema> {
  return schedule;
}
