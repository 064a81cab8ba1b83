/**
 * A counter-based stream of random numbers: the same key gives the same stream on every machine, in any order.
 * Keyed by (seed, sample id, attack, restart, and the epoch in training).
 */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** A whole number in [0, below). */
  integer(below: number): number;
  /** An independent stream. The parent's position does not matter. */
  split(key: number | string): Random;
}
