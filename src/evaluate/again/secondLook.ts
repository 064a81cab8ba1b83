/** What came of one more attack on the survivors that were looked at again. */
export interface Rerun {
  readonly attack: string;
  /** Ids, ascending. */
  readonly broken: readonly number[];
  /** Classes that the examples were of. */
  readonly classes: number;
  /** Why it failed on an example. */
  readonly error?: string;
}

/** What extra runs on some of the survivors found out. What was broken needs no second look. */
export interface SecondLook {
  /** Survivors that were looked at, of how many. */
  readonly looked: number;
  readonly survivors: number;
  /** The strongest attack asked for, with twice the work, and with other random numbers. */
  readonly moreWork: readonly Rerun[];
  /** An attack that follows the difference of two logits. */
  readonly otherLoss?: Rerun;
  /** The strongest attack at half of epsilon. */
  readonly halfway?: Rerun;
  readonly gradientFree?: Rerun;
  readonly noise?: Rerun;
  /** Gradients with the whole box for a ball. */
  readonly unbounded?: Rerun;
  /** Share of its whole rise that the strongest attack's best loss still gained in the last tenth of its steps: the median. */
  readonly stillRising?: number;
  /** How much of the label's lead a tenth of epsilon changes, in random directions: the median. */
  readonly unevenness?: number;
  /** What changes over short ways without the gradient having foretold it: its share of all that changes. */
  readonly jumps?: number;
  /** Points with a known adversarial example inside epsilon, and those where the strongest attack found one. */
  readonly planted?: { readonly tried: number; readonly found: number };
  /** How far gradients are from central differences; or in what they are too far. */
  readonly slope?: { readonly error: number } | { readonly wrong: string };
  /** Why one of the looks around the survivors failed. */
  readonly failure?: string;
}
