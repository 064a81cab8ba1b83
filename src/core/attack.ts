import type { GenericSchema, InferOutput } from 'valibot';
import type { Ball } from './ball.ts';
import type { Bounds } from './bounds.ts';
import type { Goal } from './goal.ts';
import type { Loss } from './losses.ts';
import type { Norm } from './norms.ts';
import type { Random } from './random.ts';

/** One question about one point. The point may be reused by the attack once answered. */
export type PointQuery = (
  | { readonly want: 'label' | 'scores'; readonly at: Float32Array }
  /** `loss` defaults to the goal's. */
  | { readonly want: 'gradient'; readonly at: Float32Array; readonly loss?: Loss }
) & {
  /** Models that draw random numbers: which draw to answer by. Default: a new one each time, as the model itself does. */
  readonly draw?: number;
};

/** What a running attack may yield. An iterable of queries is answered together, in order, as an array of answers. */
export type Query = PointQuery | Iterable<PointQuery> | { readonly wait: Promise<unknown> };

/** Views, valid until the next yield. Fields that were not asked for are empty or NaN. */
export interface Answer {
  /** The predicted class. */
  readonly label: number;
  /** The goal is reached by more than the engine's own error. */
  readonly fooled: boolean;
  /** [classes]; empty for 'label'. */
  readonly logits: Float32Array;
  /** NaN unless a gradient was asked for. */
  readonly loss: number;
  /** [size]; empty unless a gradient was asked for. */
  readonly gradient: Float32Array;
}

/** What an attack with members returns: its point [size], and which member found it, if one did. */
export interface Found {
  readonly adv: Float32Array;
  readonly by?: string;
}

/** One running attack on one example: yields queries, returns the adversarial point [size]. */
export type Run<Result extends Float32Array | Found = Float32Array | Found> = Generator<Query, Result, Answer>;

/** Everything an attack knows about its example. `x` must not be changed. */
export interface AttackContext {
  readonly x: Float32Array;
  readonly y: number;
  /** Shape of the example, without the batch. */
  readonly shape: readonly number[];
  readonly classes: number;
  /** On a table with columns that are not free: what they leave around x. */
  readonly bounds: Bounds;
  /**
   * Brings a point onto what the columns of a table allow, in place: with every point that is asked about it is done
   * anyhow. None: all columns are free.
   */
  readonly snap: ((point: Float32Array) => void) | undefined;
  readonly norm: Norm;
  readonly epsilon: number;
  readonly ball: Ball;
  readonly goal: Goal;
  readonly random: Random;
  readonly clean: { readonly logits: Float32Array };
}

/** What an attack must be able to ask of the model. */
export type Knowledge = 'gradient' | 'scores' | 'label' | 'none';

/** What decides, beside its options, what an attack does on an example. */
export interface AttackSetting {
  readonly norm: Norm;
  readonly classes: number;
  /** Number of values of an example. */
  readonly size: number;
}

/** Queries of one attack on one example. */
export interface Cost {
  readonly gradient: number;
  readonly forward: number;
}

export interface Attack<Schema extends GenericSchema = GenericSchema> {
  readonly name: string;
  /** One line for `breakwater list attacks`: what it does. */
  readonly summary: string;
  /** When to use it, one line for the same list: what it tells that others do not. */
  readonly when: string;
  /** The most queries it asks of one example, that is of one which survives; a contract test holds it to them. */
  cost(setting: AttackSetting, options: InferOutput<Schema>): Cost;
  /** arXiv number, where there is one. */
  readonly paper?: string;
  /** `none`: it stays inside the box but in no ball (a rotation, a blur), under whichever norm; reported apart. */
  readonly norms: readonly (Norm | 'none')[];
  readonly knowledge: Knowledge;
  /**
   * `smallest`: it looks for the smallest perturbation, whatever epsilon is. What it returns may lie beyond the ball, and
   * its distance tells the accuracy at every epsilon. Default: any point within epsilon will do.
   */
  readonly finds?: 'within' | 'smallest';
  readonly options: Schema;
  /** An ensemble's attacks in the order they run on an example, each only while those before it have failed. */
  members?(setting: Pick<AttackSetting, 'norm' | 'classes'>, options: InferOutput<Schema>): readonly string[];
  run(context: AttackContext, options: InferOutput<Schema>): Run;
}

/** Checks and returns a plain attack. Adding one = one file, one line in attacks/index.ts, one row in its contract test. */
export function defineAttack<Schema extends GenericSchema>(attack: Attack<Schema>): Attack<Schema> {
  return attack;
}

/** An attack as a user asks for it: plain data that can cross a thread or be written into a report. */
export interface AttackSpec {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The threat it was built for; default: the scan's. */
  readonly norm?: Norm;
  readonly epsilon?: number | string;
}

/** Asks several questions at once; the answers are copies that stay valid. */
export function* together(queries: Iterable<PointQuery>): Generator<Query, readonly Answer[], Answer> {
  // The scheduler answers an iterable with an array; TypeScript has one type for all answers of a generator.
  return (yield queries) as unknown as readonly Answer[];
}

/** Waits for something that is no question to the model, and returns it. */
export function* waitFor<T>(promise: Promise<T>): Generator<Query, T, Answer> {
  const come: T[] = [];
  yield { wait: promise.then((value) => come.push(value)) };
  return come[0] as T;
}
