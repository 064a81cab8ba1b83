import type { Norm } from './norms.ts';

export interface AttackRow {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** `none`: in no ball, and apart from the worst case. */
  readonly norm: Norm | 'none';
  /** null where the norm is none. */
  readonly epsilon: number | null;
  /** Share of ALL evaluated samples whose prediction stays the label. */
  readonly robustAccuracy: number;
  readonly interval: readonly [number, number];
  /** Images: the same, when only what still fools the model after rounding to 8 bits counts as broken. */
  readonly robustAccuracy8bit?: number;
  /** Share of the correctly classified samples that were broken. */
  readonly successRate: number;
  /** Targeted runs only: share of the correctly classified samples brought to the wanted class. */
  readonly targetedSuccessRate?: number;
  /**
   * In the attack's norm, over correctly classified samples, survivors counting as ∞; null when it is ∞. An attack that
   * looks for the smallest perturbation knows distances beyond epsilon too.
   */
  readonly medianDistance: number | null;
  readonly gradientQueries: number;
  readonly forwardQueries: number;
  /** Samples on which the attack or the model failed. More than none makes the verdict inconclusive. */
  readonly errors: number;
  readonly seconds: number;
  /** Ensembles: on how many correctly classified samples each member was tried, and how many of them it broke. */
  readonly members?: readonly { readonly name: string; readonly evaluated: number; readonly broken: number }[];
}

/** The curve of all attacks together goes by this name. */
export const worstCaseSeries = 'worst case';

/** One point of an accuracy-against-epsilon curve. */
export interface CurvePoint {
  /** As asked, with its options, or `worst case`. */
  readonly attack: string;
  readonly epsilon: number;
  readonly robustAccuracy: number;
  readonly interval: readonly [number, number];
}

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly status: 'pass' | 'warn' | 'fail' | 'not-run';
  readonly value: number | string | null;
  /** One sentence that tells the user what to do. */
  readonly advice: string;
}

export const gateIds = ['clean', 'robust', 'worst-case', 'worst-class', 'class-gap', 'worst-group', 'group-gap', 'regression'] as const;
export type GateId = (typeof gateIds)[number];

/** A threshold that was asked for, and what the samples say about it. */
export interface Gate {
  readonly id: GateId;
  /** robust: the attack, as asked for. */
  readonly attack?: string;
  /** at-least: a floor of an accuracy; at-most: a ceiling of a gap or of a loss. */
  readonly bound: 'at-least' | 'at-most';
  readonly threshold: number;
  readonly figure: number;
  /** At `confidence` of the report: on which side of the threshold it lies decides. */
  readonly interval: readonly [number, number];
  readonly status: 'held' | 'missed' | 'inconclusive';
  /** The class or group that the figure is of, or the two between which the gap is: labels, or names of groups. */
  readonly where?: readonly (number | string)[];
  /** A worst class or group that is missed: all that are surely below the floor, the lowest first (Holm). */
  readonly below?: readonly (number | string)[];
  /** Where it is open: how many samples with the same shares would decide; absent where no number up to ten million does. */
  readonly samplesToDecide?: number;
}

export type Verdict = 'held' | 'measured' | 'missed' | 'inconclusive';

/** The one result object: everything a reporter, gate, comparison or matcher reads. JSON-serialisable. */
export interface RobustnessReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'breakwater'; readonly version: string };
  /** stability: the labels are the model's own predictions for the clean examples, so that clean.accuracy is 1. */
  readonly measure: 'accuracy' | 'stability';
  readonly model: {
    readonly path: string;
    readonly format: string;
    readonly sha256: string;
    readonly inputShape: readonly number[];
    readonly classes: number;
    readonly parameters: number;
    /** What the graph applies to an example before the model: x·(b−a)+a, then (x−mean)/std. */
    readonly preprocessing?: {
      readonly range?: readonly [number, number];
      readonly mean?: readonly number[];
      readonly std?: readonly number[];
    };
    /** Where the logits were taken, e.g. 'before the final softmax'. */
    readonly logits: string;
  };
  readonly dataset: {
    readonly spec: string;
    readonly sha256: string;
    readonly examples: number;
    readonly classHistogram: readonly number[];
    readonly classNames?: readonly string[];
    /** Examples left out because they could not be read; there when there was one, or when leaving them out was asked for. */
    readonly unreadable?: number;
  };
  readonly threat: {
    readonly norm: Norm;
    /** The largest, where several were asked for. */
    readonly epsilon: number;
    /** The class that targeted attacks aimed at; absent when any wrong one would do. */
    readonly target?: number | 'random' | 'least-likely';
    readonly bounds: readonly [number, number] | 'per column';
    /** Names of the columns that no attack may change. */
    readonly immutable?: readonly string[];
    /** Names of the columns that hold whole numbers in every point the model is asked about. */
    readonly integer?: readonly string[];
  };
  readonly engine: {
    readonly name: 'onnxruntime' | 'tensorflow' | 'wasm' | 'cpu';
    readonly version: string;
    readonly threads: number;
    readonly workers: number;
    /** As the system names it. */
    readonly processor?: string;
    /** Whether a row's answer depends on its neighbours in the batch. */
    readonly rows: 'exact' | 'rounding' | 'coupled';
    /** Why this engine. */
    readonly reason: string;
    /** The model draws random numbers: how often it was asked about each example, of which most answers count. */
    readonly draws?: number;
    /** Where the gradient is not the model's own; absent where it is everywhere. */
    readonly gradient?: {
      /** Ops that round and pass it straight through (BPDA): an estimate. */
      readonly straightThrough: readonly string[];
      /** Ops, each with its node's name, that let none through. */
      readonly ends: readonly string[];
      /** Whether any reaches the example. */
      readonly reaches: boolean;
    };
  };
  readonly seed: number;
  /** What was asked for, in the words of `scan`: all that decides the figures. Model and data as they were named. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  readonly clean: {
    readonly accuracy: number;
    readonly correct: number;
    readonly total: number;
    readonly interval: readonly [number, number];
  };
  /** Exactly what was asked, in order; of several epsilons one row for each, ascending. */
  readonly attacks: readonly AttackRow[];
  /** Where several epsilons were asked for: every attack in a ball, then the worst case, epsilons ascending. */
  readonly curve?: readonly CurvePoint[];
  /** Per-sample minimum over the attacks inside the stated threat. */
  readonly worstCase: {
    readonly robustAccuracy: number;
    readonly interval: readonly [number, number];
    /** Images: see the attacks'. */
    readonly robustAccuracy8bit?: number;
  };
  readonly perClass: readonly {
    readonly label: number;
    readonly total: number;
    readonly cleanAccuracy: number;
    readonly robustAccuracy: number;
    /** Under each of `attacks` at the largest epsilon, in their order: those in no ball are not among them. */
    readonly attacks: readonly number[];
  }[];
  /** Where groups were given: by name, in their order. */
  readonly perGroup?: readonly {
    readonly group: string;
    readonly total: number;
    readonly cleanAccuracy: number;
    readonly robustAccuracy: number;
  }[];
  /**
   * Where predictions go: for each label and prediction that occur together, how many clean samples, and how many in the
   * worst case: under the first of `attacks` that broke the sample at the largest epsilon, else clean. Of labels and
   * predictions ascending; a prediction of −1: the model failed.
   */
  readonly predictions: readonly { readonly label: number; readonly predicted: number; readonly clean: number; readonly worstCase: number }[];
  readonly checks: readonly Check[];
  /** What was asked of the figures, in the order of `gateIds`; empty where nothing was. */
  readonly gates: readonly Gate[];
  /** Of the gates' intervals; there where there are gates. */
  readonly confidence?: number;
  /**
   * There where the scan was to end as soon as its gates are settled: whether it did, after how many examples, and how
   * many there were. All intervals are then such that hold whenever a scan ends.
   */
  readonly sequential?: { readonly stopped: boolean; readonly samples: number; readonly of: number };
  readonly verdict: Verdict;
}
