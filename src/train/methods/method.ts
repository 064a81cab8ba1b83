import type { GenericSchema, InferOutput } from 'valibot';
import type { AttackSpec } from '../../core/attack.ts';
import type { Objective } from '../../graph/trainingGraph.ts';
import type { CrossEntropyOptions } from '../objectives.ts';

/** What makes a batch's adversarial examples: an attack on the model as it stands, run to its last step. */
export interface InnerAttack extends AttackSpec {
  /**
   * What it ascends and where it begins. `label`: the loss of the label, from the attack's own start. `clean`: the
   * divergence from what the model says of the clean example, from a point beside it, where that divergence has a slope.
   */
  readonly away: 'label' | 'clean';
}

/** A way to train a model against attacks. */
export interface Method<Schema extends GenericSchema = GenericSchema> {
  readonly name: string;
  /** One line: what it does. */
  readonly summary: string;
  /** arXiv number, where there is one. */
  readonly paper?: string;
  readonly options: Schema;
  /** What a step makes small. */
  objective(options: InferOutput<Schema>, smoothing: CrossEntropyOptions): Objective;
  /** Where its adversarial examples come from: an attack, or the training steps themselves, each batch taken so many times. */
  adversary(options: InferOutput<Schema>): InnerAttack | { readonly replays: number };
  /** It trains against a single step, and may learn to hide from that alone: it is watched by PGD. */
  readonly watched?: boolean;
}

/** Checks and returns a plain method. Adding one = one file, one line in methods/index.ts, one row in its test. */
export function defineMethod<Schema extends GenericSchema>(method: Method<Schema>): Method<Schema> {
  return method;
}
