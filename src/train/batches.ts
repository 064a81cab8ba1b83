import { randomOf } from '../core/random.ts';

/** How a training set is dealt out. */
export interface Deal {
  /** Examples in the training set. */
  readonly count: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** Batches until every example was seen once. */
export function batchesPerEpoch({ count, batchSize }: Pick<Deal, 'count' | 'batchSize'>): number {
  return Math.ceil(count / batchSize);
}

/** Which examples an epoch takes in which order: positions in the training set, shuffled. Epochs count from 0. */
export function epochOrder({ count, seed }: Pick<Deal, 'count' | 'seed'>, epoch: number): Uint32Array {
  const random = randomOf(seed, 'order', epoch);
  const order = Uint32Array.from({ length: count }, (_, position) => position);
  // Fisher and Yates.
  for (let last = count - 1; last > 0; last--) {
    const chosen = random.integer(last + 1);
    [order[last], order[chosen]] = [order[chosen] as number, order[last] as number];
  }
  return order;
}

/**
 * The positions of one batch of an epoch. A graph has one batch size, so the last batch is filled up from the beginning
 * of the order: with other examples in every epoch, which favours none of them.
 */
export function batchOf(order: Uint32Array, batchSize: number, batch: number): Uint32Array {
  return Uint32Array.from({ length: batchSize }, (_, row) => order[(batch * batchSize + row) % order.length] as number);
}
