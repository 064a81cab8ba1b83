import type { Norm } from '../../src/core/norms.ts';

/**
 * What the linear model should show of an attack: success as soon as epsilon is that many times the exact distance
 * (never below it), or a reason why nothing is promised.
 */
export type Promised = number | string;

export interface Row {
  readonly linear: Readonly<Partial<Record<Norm, Promised>>>;
  /** Its points depend on the seed. */
  readonly random: boolean;
  /** What the contract runs it with, where the defaults would take long. */
  readonly options?: Readonly<Record<string, unknown>>;
}

const exact = 1.001;
const blind = 'draws know nothing of the boundary';

/** Every attack has a row here. */
export const rows: Readonly<Record<string, Row>> = {
  fgsm: { linear: { linf: exact, l2: exact, l1: exact }, random: false },
  bim: { linear: { linf: exact, l2: exact, l1: exact }, random: false },
  // From a random start 40 normalised steps turn most of the way towards the gradient, not all of it.
  pgd: { linear: { linf: exact, l2: 1.05, l1: exact }, random: true },
  'uniform-noise': { linear: { linf: blind, l2: blind, l1: blind, l0: blind }, random: true },
  'gaussian-noise': { linear: { linf: blind, l2: blind, l1: blind }, random: true },
};
