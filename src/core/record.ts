import type { Distances } from './norms.ts';

/** What happened to one sample under one attack: one line of samples.jsonl. */
export interface SampleRecord {
  readonly id: number;
  /** As asked, with its options, and its epsilon where there are several: tells two runs of the same attack apart. */
  readonly attack: string;
  readonly label: number;
  /** The model's prediction for the clean example; a tie counts for the label; −1 when it has none. */
  readonly clean: number;
  /**
   * wrong: the clean example is already misclassified, nothing was run; broken: an adversarial example was found;
   * survived: none was; error: the attack or the model failed, which never counts as survived.
   */
  readonly outcome: 'wrong' | 'broken' | 'survived' | 'error';
  /** The prediction for what the attack returned. */
  readonly adversarial?: number;
  /** Targeted runs: the wanted class. */
  readonly target?: number;
  /** From x to what the attack returned. Queries of 0 where it was found at a smaller epsilon already. */
  readonly distances?: Distances;
  readonly forwardQueries: number;
  readonly gradientQueries: number;
  /** The epsilon it was run at, where a scan asks for several. */
  readonly epsilon?: number;
  /** Smallest-perturbation attacks: the example found lies this far from x in the attack's norm, be it beyond epsilon. */
  readonly smallest?: number;
  /** Ensembles: the member that found the adversarial example. */
  readonly by?: string;
  /** An iterate was seen fooled, yet what the attack returned is not: our own bug, made visible. */
  readonly silentSuccess?: true;
  /** The point fooled the engine but not the original model, whose verdict counts: a survivor. */
  readonly disagreed?: true;
  /** Images, of a broken one: whether the point, rounded to 8 bits, still fools the original model. */
  readonly broken8bit?: boolean;
  /** Rounding to 8 bits took the point out of the budget. */
  readonly outside8bit?: true;
  /** Gradients that were zero everywhere or not finite somewhere; absent when none was. */
  readonly uselessGradients?: number;
  readonly error?: string;
}
