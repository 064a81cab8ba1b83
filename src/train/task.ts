import type { Worker } from 'node:worker_threads';
import type { Example } from '../evaluate/example.ts';
import type { PlannedAttack, Trial } from '../evaluate/trial.ts';
import type { Trainable } from '../graph/trainable.ts';
import type { Augmentation } from './augmentations/augmentation.ts';
import type { Chosen } from './choose.ts';
import type { Crafting } from './innerAttack.ts';
import type { Method } from './methods/method.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { Schedule } from './schedules/schedule.ts';
import type { CraftOrder } from './serveCrafts.ts';

/** How a model is trained: names looked up, options checked and completed. */
export interface Settings {
  readonly method: Chosen<Method>;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: Chosen<Optimizer>;
  readonly schedule: Chosen<Schedule>;
  /** Peak of the learning rate. */
  readonly learningRate: number;
  /** Share of the run over which the learning rate rises from 0. */
  readonly warmUp: number;
  /** Most L2 norm of a step's gradients. */
  readonly clipNorm?: number;
  /** Share of the running means of the weights that each step keeps; the means are what is validated and saved. */
  readonly ema?: number;
  /** Adversarial weight perturbation: its length, in units of the weights'. */
  readonly awp?: number;
  readonly labelSmoothing: number;
  readonly augmentations: readonly Chosen<Augmentation>[];
  /** Epochs without a better robust validation accuracy after which training ends. */
  readonly patience: number;
}

/** Everything that a training run needs; the attacks arrive with it. */
export interface Task {
  readonly trainable: Trainable;
  readonly training: readonly Example[];
  readonly validation: readonly Example[];
  /** The threat and the examples' shape; its attack is the one that validates. */
  readonly trial: Trial;
  readonly settings: Settings;
  /** What the method makes its adversarial examples by. */
  readonly inner: Pick<Crafting, 'attack' | 'away'> | { readonly replays: number };
  /** What watches over a single-step method. */
  readonly watch: PlannedAttack;
  /** Cores to use. */
  readonly threads: number;
  /** Starts a thread that calls `serveCrafts`. Without it the inner attack runs in the calling thread. */
  readonly startCrafter?: (order: CraftOrder) => Worker;
}
