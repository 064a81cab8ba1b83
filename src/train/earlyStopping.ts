/**
 * The epoch to keep: the first with the best robust accuracy on validation data, which falls again long before training
 * ends. Rice et al. 2020, arXiv:2002.11569. −1 where there is none.
 */
export function bestEpoch(robustAccuracies: readonly number[]): number {
  return robustAccuracies.indexOf(Math.max(...robustAccuracies));
}

/** True once `patience` epochs have passed without a better one. */
export function isOverfitted(robustAccuracies: readonly number[], patience: number): boolean {
  return robustAccuracies.length - 1 - bestEpoch(robustAccuracies) >= patience;
}
