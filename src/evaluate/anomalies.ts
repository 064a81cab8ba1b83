import type { Norm } from '../core/norms.ts';
import type { SampleRecord } from '../core/record.ts';

/** What the checks want to know of the records, gathered as they come, in any order. */
export class Anomalies {
  /** Attacks that failed, and the first of them by sample. */
  errors = 0;
  firstError: SampleRecord | undefined;
  /** Returned points beyond epsilon. */
  outside = 0;
  /** Successes lost on the way, and the lowest sample with one. */
  silent = 0;
  firstSilent: number | undefined;
  gradientQueries = 0;
  uselessGradients = 0;
  private readonly norm: Norm;
  private readonly epsilon: number;

  constructor({ norm, epsilon }: { readonly norm: Norm; readonly epsilon: number }) {
    this.norm = norm;
    this.epsilon = epsilon;
  }

  add(record: SampleRecord): void {
    const { id, outcome, distances, silentSuccess, gradientQueries, uselessGradients = 0 } = record;
    this.gradientQueries += gradientQueries;
    this.uselessGradients += uselessGradients;
    if (distances && !(distances[this.norm] <= this.epsilon)) this.outside++;
    if (silentSuccess) {
      this.silent++;
      this.firstSilent = Math.min(id, this.firstSilent ?? id);
    }
    if (outcome === 'error') {
      this.errors++;
      if (!this.firstError || comesFirst(record, this.firstError)) this.firstError = record;
    }
  }
}

function comesFirst(a: SampleRecord, b: SampleRecord): boolean {
  return a.id === b.id ? a.attack < b.attack : a.id < b.id;
}
