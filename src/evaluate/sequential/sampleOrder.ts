import type { SampleRecord } from '../../core/record.ts';

/** A record, and the seconds spent on it. */
export interface Timed {
  readonly record: SampleRecord;
  readonly seconds: number;
}

/**
 * Holds records back until all of their sample, and all of those that were handed out before it, are there. So what has
 * been released is the beginning of the order, whatever was finished first: samples that are soon broken are.
 */
export class SampleOrder<Sample extends { readonly id: number }> {
  /** By id, in the order handed out. */
  private readonly waiting = new Map<number, { readonly sample: Sample; readonly records: Timed[] }>();
  private readonly records: number;
  private readonly release: (sample: Sample, records: readonly Timed[]) => void;

  /** `records`: how many there will be of each sample. */
  constructor(records: number, release: (sample: Sample, records: readonly Timed[]) => void) {
    this.records = records;
    this.release = release;
  }

  handOut(sample: Sample): void {
    this.waiting.set(sample.id, { sample, records: [] });
  }

  add(record: SampleRecord, seconds: number): void {
    const own = this.waiting.get(record.id);
    if (!own) throw new Error(`a record of sample ${record.id}, which was not handed out or is released`);
    own.records.push({ record, seconds });
    for (const [id, { sample, records }] of this.waiting) {
      if (records.length < this.records) return;
      this.waiting.delete(id);
      this.release(sample, records);
    }
  }
}
