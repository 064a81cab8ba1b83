import type { Norm } from './norms.ts';
import type { Check, RobustnessReport } from './report.ts';

/** A share of the samples, with its exact 95 % interval. */
export interface Share {
  readonly accuracy: number;
  readonly correct: number;
  readonly interval: readonly [number, number];
}

/** One figure of two scans on the same samples, compared pair by pair. */
export interface PairedFigure {
  readonly total: number;
  readonly before: Share;
  readonly after: Share;
  /** After minus before. */
  readonly change: number;
  /** Of the change, at the comparison's confidence. */
  readonly interval: readonly [number, number];
  /** Of the exact two-sided McNemar test that nothing has changed. */
  readonly p: number;
  /** Samples that were lost before and are not any more. */
  readonly won: number;
  /** Samples that are lost now and were not before. */
  readonly lost: number;
}

/** A paired figure that names its samples. */
export interface NamedPairs extends PairedFigure {
  /** Ids, ascending. */
  readonly wonIds: readonly number[];
  readonly lostIds: readonly number[];
}

/** One of the two scans. */
export interface ComparedScan {
  readonly model: RobustnessReport['model'];
  readonly engine: Pick<RobustnessReport['engine'], 'name' | 'version' | 'processor'>;
  readonly version: string;
  /** Absent of a baseline. */
  readonly seconds?: number;
  readonly gradientQueries: number;
  readonly forwardQueries: number;
  /** Its figure may be too high. */
  readonly failedChecks: readonly Pick<Check, 'id' | 'title'>[];
}

/** How much of the worst case may be lost, and what the samples say about it. */
export interface RegressionGate {
  /** The largest share that may be lost. */
  readonly maxRegression: number;
  /** The share that was lost: lost minus won, over all samples. */
  readonly regression: number;
  /** The ends of its paired interval; of a sequential scan, of one that holds whenever it ends. */
  readonly lower: number;
  readonly upper: number;
  /** Of the exact one-sided McNemar test that nothing was lost; absent where the scan after was sequential, as it asks for a number of samples fixed beforehand. */
  readonly p?: number;
  /** Where it is open: how many samples with the same shares would decide; absent where no number does. */
  readonly samplesToDecide?: number;
}

export type ComparisonVerdict = 'measured' | 'held' | 'regressed' | 'inconclusive';

/** Two scans of the same samples under the same attacks: what was won and lost. Plain data, JSON-serialisable. */
export interface Comparison {
  readonly schemaVersion: 1;
  readonly tool: RobustnessReport['tool'];
  readonly measure: RobustnessReport['measure'];
  readonly before: ComparedScan;
  readonly after: ComparedScan;
  readonly dataset: Pick<RobustnessReport['dataset'], 'spec' | 'sha256' | 'examples' | 'classNames'>;
  readonly threat: RobustnessReport['threat'];
  readonly seed: number;
  /** Of the paired intervals and of the gate. */
  readonly confidence: number;
  readonly clean: NamedPairs;
  /** As asked, in order; at the largest epsilon. */
  readonly attacks: readonly (PairedFigure & {
    readonly attack: string;
    readonly norm: Norm | 'none';
    readonly epsilon: number | null;
  })[];
  /** Per-sample minimum over the attacks in the ball, at the largest epsilon; absent where none keeps to a ball. */
  readonly worstCase?: NamedPairs;
  /** Where several epsilons were asked for: every attack in a ball, then the worst case. */
  readonly curve?: readonly (PairedFigure & { readonly attack: string; readonly epsilon: number })[];
  /** By label, ascending; absent where the labels are the models' own. */
  readonly perClass?: readonly { readonly label: number; readonly clean: PairedFigure; readonly worstCase?: PairedFigure }[];
  /** What differs between the scans that may move an outcome by itself: versions, engines, processors. */
  readonly warnings: readonly string[];
  readonly gate?: RegressionGate;
  readonly verdict: ComparisonVerdict;
}
