/** What is asked of the figures: shares from 0 to 1. */
export interface Thresholds {
  /** The least clean accuracy. */
  readonly clean?: number;
  /** The least accuracy under an attack, as asked for; of several epsilons at the largest. */
  readonly robust?: Readonly<Record<string, number>>;
  /** The least worst-case accuracy: of all, of every class, of every group. */
  readonly worstCase?: number;
  readonly worstClass?: number;
  readonly worstGroup?: number;
  /** The most by which the worst-case accuracies of two classes, of two groups may differ. */
  readonly classGap?: number;
  readonly groupGap?: number;
}
