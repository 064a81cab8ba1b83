import type { PairedFigure } from './comparison.ts';
import type { Check, RobustnessReport } from './report.ts';

interface Accuracy {
  readonly accuracy: number;
  /** Exact, at 95 %. */
  readonly interval: readonly [number, number];
}

/** One scan of a trend. */
export interface Release {
  /** As it was named: a folder, or a scenario of a baseline. */
  readonly source: string;
  readonly model: Pick<RobustnessReport['model'], 'path' | 'sha256'>;
  /** Of breakwater. */
  readonly version: string;
  readonly measure: RobustnessReport['measure'];
  readonly examples: number;
  readonly threat: Pick<RobustnessReport['threat'], 'norm' | 'epsilon'>;
  readonly clean: Accuracy;
  /** As asked, in order; at the largest epsilon. */
  readonly attacks: readonly (Accuracy & { readonly attack: string })[];
  /** Absent where no attack keeps to a ball. */
  readonly worstCase?: Accuracy;
  /** Its figures may be too high. */
  readonly failedChecks: readonly Pick<Check, 'id' | 'title'>[];
  /** Releases of the same series were scanned alike, on the same samples; counted from 1. */
  readonly series: number;
  /** Where it begins another series than the release before it: what differs, in one line. */
  readonly unlike?: string;
  /** Since the one before it in its series, sample by sample. */
  readonly change?: {
    /** Which of `releases`, counted from 1. */
    readonly since: number;
    readonly clean: PairedFigure;
    readonly worstCase?: PairedFigure;
  };
}

/** Accuracy over releases, in the order they were given. Plain data, JSON-serialisable. */
export interface Trend {
  readonly schemaVersion: 1;
  readonly tool: RobustnessReport['tool'];
  /** Of the paired intervals. */
  readonly confidence: number;
  readonly releases: readonly Release[];
}
