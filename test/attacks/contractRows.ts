import type { Norm } from '../../src/core/norms.ts';

/**
 * What the linear model should show of an attack: success as soon as epsilon is that many times the exact distance
 * (never below it), or a reason why nothing is promised.
 */
export type Promised = number | string;

export interface Row {
  readonly linear: Readonly<Partial<Record<Norm | 'none', Promised>>>;
  /** The same factor where the box stops half of the coordinates, where it is promised too. */
  readonly boxed?: Readonly<Partial<Record<Norm, number>>>;
  /** Why nothing is promised on columns of whole numbers, where a linear model promises something elsewhere. */
  readonly whole?: string;
  /** Its points depend on the seed. */
  readonly random: boolean;
  /** What the contract runs it with, where the defaults would take long. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** On how many examples, where it takes long whatever the options. */
  readonly examples?: number;
}

const exact = 1.001;
const twoClasses = 'the ratio needs three classes';
const betweenWholes = 'a boundary is not found by halving where only whole numbers count';
const blind = 'draws know nothing of the boundary';

/** Every attack has a row here. */
export const rows: Readonly<Record<string, Row>> = {
  fgsm: { linear: { linf: exact, l2: exact, l1: exact }, random: false },
  bim: { linear: { linf: exact, l2: exact, l1: exact }, random: false },
  // From a random start 40 normalised steps turn most of the way towards the gradient, not all of it.
  pgd: { linear: { linf: exact, l2: 1.05, l1: exact }, random: true },
  'mi-fgsm': { linear: { linf: exact, l2: exact }, random: false },
  'ni-fgsm': { linear: { linf: exact, l2: exact }, random: false },
  // From a uniform start the step reaches epsilon in five coordinates of eight, and 0.86 of it on average.
  'fgsm-rs': { linear: { linf: 1.35 }, random: true },
  // In L1 the length is shared by several coordinates, where one would do.
  'apgd-ce': { linear: { linf: exact, l2: exact, l1: 1.02 }, random: true, options: { steps: 50 } },
  'apgd-dlr': { linear: { linf: twoClasses, l2: twoClasses, l1: twoClasses }, random: true, options: { steps: 50 } },
  'apgd-t': { linear: { linf: exact, l2: exact, l1: 1.02 }, random: true, options: { steps: 50 } },
  'apgd-l1': { linear: { l1: 1.02 }, random: true, options: { steps: 50, restarts: 1 } },
  fab: { linear: { linf: 1.01, l2: 1.01, l1: 1.05 }, random: false, options: { steps: 15, refine: 5 } },
  'fab-t': { linear: { linf: 1.01, l2: 1.01, l1: 1.05 }, random: false, options: { steps: 15, refine: 5 } },
  // Its bumps only come near the normal of a random hyperplane.
  square: { linear: { linf: exact, l2: 1.4, l1: 1.2 }, random: true, options: { queries: 1000 } },
  autoattack: { linear: { linf: exact, l2: exact, l1: 1.02 }, random: true, examples: 6 },
  // Its overshoot.
  deepfool: { linear: { linf: 1.021, l2: 1.021 }, random: false },
  cw: { linear: { linf: 1.12, l2: 1.01 }, boxed: { linf: 1.12 }, random: false, options: { steps: 60, learningRate: 0.05, refine: 5 } },
  ead: {
    linear: { l1: 1.05 },
    boxed: { l1: 1.05 },
    whole: 'over several units the square in the elastic net spreads what one column would do',
    random: false,
    options: { steps: 100, searches: 6, refine: 5 },
  },
  ddn: { linear: { l2: 1.01 }, boxed: { l2: 1.02 }, random: false, options: { refine: 5 } },
  // In L0 one coordinate of three too many, where one that brings little has come before one that brings more.
  fmn: { linear: { linf: 1.01, l2: 1.01, l1: 1.05, l0: 1.05 }, boxed: { linf: 1.01, l2: 1.01, l1: 1.05, l0: 1.34 }, random: false, options: { refine: 5 } },
  jsma: { linear: { l0: 1.05 }, boxed: { l0: 1.05 }, random: false },
  'sigma-zero': { linear: { l0: 1.05 }, boxed: { l0: 1.34 }, random: false, options: { steps: 100 } },
  spsa: {
    linear: { linf: 1.3 },
    whole: 'points a few tenths apart are the same whole number',
    random: true,
    options: { steps: 20, samples: 16 },
  },
  'one-pixel': { linear: { l0: 2 }, random: true, options: { population: 40, generations: 15 } },
  hopskipjump: { linear: { l2: 1.15, linf: 1.2 }, whole: betweenWholes, random: true, examples: 4, options: { queries: 500 } },
  boundary: { linear: { l2: 1.15 }, whole: betweenWholes, random: true, examples: 4, options: { queries: 800, sphericalStep: 0.3, sourceStep: 0.03 } },
  'salt-and-pepper': { linear: { l0: blind }, random: true, options: { draws: 20 } },
  'rotation-translation': { linear: { none: 'it keeps to no ball' }, random: false },
  corruption: { linear: { none: 'it keeps to no ball' }, random: true },
  'uniform-noise': { linear: { linf: blind, l2: blind, l1: blind, l0: blind }, random: true },
  'gaussian-noise': { linear: { linf: blind, l2: blind, l1: blind }, random: true },
};
