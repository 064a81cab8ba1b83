import type { Answer, Attack, AttackContext, Found, Query } from '../core/attack.ts';
import { ballOf } from '../core/ball.ts';
import type { Ball } from '../core/ball.ts';
import { UserError } from '../core/errors.ts';
import { targeted, untargeted } from '../core/goal.ts';
import type { Goal } from '../core/goal.ts';
import { randomOf } from '../core/random.ts';
import type { SampleRecord } from '../core/record.ts';
import { isWithin, restrained, settle } from './budget.ts';
import type { Budget } from './budget.ts';
import { confirmed } from './confirm.ts';
import { leavesBudget, roundedTo8Bits } from './eightBit.ts';
import type { Example } from './example.ts';
import { majority, verdictNoise, verdicts } from './draws.ts';
import { openLedger } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { allFinite, predictedClass } from './prediction.ts';
import { targetOf } from './target.ts';
import type { Judged, PlannedAttack, Trial } from './trial.ts';

/** What the model says of a clean example. */
export interface Clean {
  /** −1 when it failed. */
  readonly prediction: number;
  readonly logits: Float32Array;
  readonly failure?: unknown;
}

/** An example ready to be attacked. */
export interface Prepared {
  readonly example: Example;
  readonly clean: Clean;
  /** What the judge measures by. */
  readonly budget: Budget;
  /** What the attacks see: a copy of the example, and the ball around it. */
  readonly x: Float32Array;
  readonly ball: Ball;
}

export function prepare(example: Example, clean: Clean, { norm, bounds, columns }: Trial, epsilon: number): Prepared {
  const x = example.x.slice();
  const free = { x: example.x, norm, epsilon, bounds };
  const budget = columns ? restrained(free, columns) : free;
  return { example, clean, budget, x, ball: ballOf({ ...budget, x }) };
}

/** One attack on one example, judged by the harness: the attack cannot overstate itself. */
export class Attempt {
  readonly ledger: Ledger;
  private readonly prepared: Prepared;
  private readonly planned: PlannedAttack;
  private readonly trial: Trial;
  private readonly goal: Goal;
  /** Where the attack may end: not in the ball, if it looks for the smallest perturbation or knows no ball. */
  private readonly allowed: Budget;
  private sawSuccess = false;
  /** What the attack returned reaches its goal by more than the engine's own error. */
  reached = false;

  constructor(prepared: Prepared, planned: PlannedAttack, trial: Trial) {
    this.prepared = prepared;
    this.planned = planned;
    this.trial = trial;
    const { example, clean, budget } = prepared;
    const target = trial.target === undefined ? undefined : targetOf(trial.target, example, clean.logits, trial);
    this.goal =
      target === undefined ? untargeted(example.y, trial.classes) : targeted(example.y, target, trial.classes);
    const { finds } = planned.attack;
    const inNoBall = isInNoBall(planned);
    this.allowed = inNoBall || finds === 'smallest' ? { ...budget, norm: 'linf', epsilon: Infinity } : budget;
    const successful = inNoBall ? this.allowed : budget;
    this.ledger = openLedger({
      goal: this.goal,
      // By chance, where the model draws random numbers: no success is lost there.
      onFooled: trial.random ? undefined : (at) => (this.sawSuccess ||= isWithin(at, successful)),
      restraint: budget.restraint,
      noise: randomOf(trial.seed, example.id, planned.attack.name, planned.repeat, 'noise'),
    });
  }

  *run(): Generator<Query, Judged, Answer> {
    const { clean, example } = this.prepared;
    if (clean.failure !== undefined) return this.failed(clean.failure);
    if (clean.prediction !== example.y) return { record: this.record('wrong') };
    try {
      const run = this.planned.attack.run(this.context(), this.planned.options);
      const returned = yield* this.trial.random ? confirmed(run) : run;
      return yield* this.judge('adv' in Object(returned) ? (returned as Found) : { adv: returned as Float32Array });
    } catch (error) {
      if (error instanceof UserError) throw error; // it holds for every example: the attack was asked for in vain
      return this.failed(error);
    }
  }

  private context(): AttackContext {
    const { trial, planned, goal } = this;
    const { example, clean, x, ball } = this.prepared;
    const { shape, classes, seed } = trial;
    const { bounds, norm, epsilon, restraint } = this.prepared.budget;
    x.set(example.x); // whatever the attack before did to it
    const random = randomOf(seed, example.id, planned.attack.name, planned.repeat);
    return { x, y: example.y, shape, classes, bounds, snap: restraint?.snap, norm, epsilon, ball, goal, random, clean };
  }

  /** Brings the returned point within the budget, asks the forward graph about it, and writes down what is true. */
  private *judge({ adv: returned, by }: Found): Generator<Query, Judged, Answer> {
    const { goal, ledger, allowed } = this;
    const { example, x, budget } = this.prepared;
    if (ledger.failure) throw ledger.failure;
    if (!equal(x, example.x)) throw new Error('the attack changed its example');
    checkPoint(returned, x.length);
    const { sawSuccess } = this;
    const { forwardQueries } = ledger;
    const adv = settle(returned, allowed);
    ledger.noise = verdictNoise(this.trial.seed, example.id);
    const answers = yield* verdicts(adv.point, this.trial);
    ledger.forwardQueries = forwardQueries; // the attack's own queries count, the judge's does not
    const prediction = majority(answers.map(({ logits }) => predictedClass(logits, example.y)), example.y);
    const adversarial = prediction !== example.y;
    const { finds } = this.planned.attack;
    const inNoBall = isInNoBall(this.planned);
    const counts = inNoBall || adv.distances[budget.norm] <= budget.epsilon;
    const broken = adversarial && counts;
    this.reached = broken && answers.every(({ fooled }) => fooled);
    const record = this.record(broken ? 'broken' : 'survived', {
      adversarial: prediction,
      distances: adv.distances,
      ...(adversarial && finds === 'smallest' && { smallest: adv.distances[budget.norm] }),
      ...(broken && by !== undefined && { by }),
      ...(sawSuccess && !(counts && answers.some(({ logits }) => goal.margin(logits) > 0)) && { silentSuccess: true }),
      ...(broken && !inNoBall && this.trial.eightBit && leavesBudget(roundedTo8Bits(adv.point), budget) && { outside8bit: true }),
    });
    return { record, point: adv.point.slice() };
  }

  private failed(error: unknown): Judged {
    return { record: this.record('error', { error: error instanceof Error ? error.message : String(error) }) };
  }

  private record(outcome: SampleRecord['outcome'], found: Partial<SampleRecord> = {}): SampleRecord {
    const { forwardQueries, gradientQueries, uselessGradients } = this.ledger;
    const { example, clean } = this.prepared;
    const { label, epsilon } = this.planned;
    return {
      id: example.id,
      attack: label,
      ...(epsilon !== undefined && { epsilon }),
      label: example.y,
      clean: clean.prediction,
      outcome,
      ...(this.goal.target !== undefined && { target: this.goal.target }),
      ...found,
      forwardQueries,
      gradientQueries,
      ...(uselessGradients > 0 && { uselessGradients }),
    };
  }
}

/** An attack that stays inside the box, but in no ball. */
export function isInNoBall({ attack: { norms } }: { readonly attack: Pick<Attack, 'norms'> }): boolean {
  return norms.includes('none');
}

function equal(a: Float32Array, b: Float32Array): boolean {
  let differing = 0;
  for (let i = 0; i < a.length; i++) differing += Number(a[i] !== b[i]);
  return differing === 0;
}

function checkPoint(point: unknown, size: number): asserts point is Float32Array {
  if (!(point instanceof Float32Array)) throw new Error('the attack returned no Float32Array');
  if (point.length !== size) throw new Error(`the attack returned ${point.length} values: expected ${size}`);
  if (!allFinite(point)) throw new Error('the attack returned a value that is not finite');
}
