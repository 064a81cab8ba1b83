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
  /** Adversarial examples by the engine's verdict, and those of them by which the original model is not fooled. */
  found = 0;
  disagreed = 0;
  /** Adversarial examples that 8 bits were asked about; those they undo, and those they take out of the budget. */
  rounded = 0;
  undoneBy8bit = 0;
  outside8bit = 0;
  gradientQueries = 0;
  uselessGradients = 0;
  private readonly norm: Norm;

  constructor(norm: Norm) {
    this.norm = norm;
  }

  /** `limit`: how far from x what the attack returned may lie. */
  add(record: SampleRecord, limit: number): void {
    const { id, outcome, distances, silentSuccess, gradientQueries, uselessGradients = 0 } = record;
    this.gradientQueries += gradientQueries;
    this.uselessGradients += uselessGradients;
    if (distances && !(distances[this.norm] <= limit)) this.outside++;
    this.addVerdicts(record);
    if (silentSuccess) {
      this.silent++;
      this.firstSilent = Math.min(id, this.firstSilent ?? id);
    }
    if (outcome === 'error') {
      this.errors++;
      if (!this.firstError || comesFirst(record, this.firstError)) this.firstError = record;
    }
  }

  private addVerdicts({ outcome, disagreed, broken8bit, outside8bit }: SampleRecord): void {
    this.found += Number(outcome === 'broken' || disagreed === true);
    this.disagreed += Number(disagreed === true);
    this.rounded += Number(broken8bit !== undefined);
    this.undoneBy8bit += Number(broken8bit === false);
    this.outside8bit += Number(outside8bit === true);
  }
}

function comesFirst(a: SampleRecord, b: SampleRecord): boolean {
  return a.id === b.id ? a.attack < b.attack : a.id < b.id;
}
