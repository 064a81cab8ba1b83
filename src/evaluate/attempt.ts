import type { Answer, AttackContext, Query } from '../core/attack.ts';
import { ballOf } from '../core/ball.ts';
import { UserError } from '../core/errors.ts';
import { targeted, untargeted } from '../core/goal.ts';
import type { Goal } from '../core/goal.ts';
import { randomOf } from '../core/random.ts';
import type { SampleRecord } from '../core/record.ts';
import { isWithin, settle } from './budget.ts';
import type { Budget } from './budget.ts';
import type { Example } from './example.ts';
import { openLedger } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { allFinite, predictedClass } from './prediction.ts';
import { targetOf } from './target.ts';
import type { PlannedAttack, Trial } from './trial.ts';

/** What the model says of a clean example. */
export interface Clean {
  /** −1 when it failed. */
  readonly prediction: number;
  readonly logits: Float32Array;
  readonly failure?: unknown;
}

/** One attack on one example, judged by the harness: the attack cannot overstate itself. */
export class Attempt {
  readonly ledger: Ledger;
  private readonly example: Example;
  private readonly clean: Clean;
  private readonly planned: PlannedAttack;
  private readonly trial: Trial;
  private readonly budget: Budget;
  private readonly goal: Goal;
  private sawSuccess = false;

  constructor(example: Example, clean: Clean, planned: PlannedAttack, trial: Trial) {
    this.example = example;
    this.clean = clean;
    this.planned = planned;
    this.trial = trial;
    this.budget = { x: example.x, norm: trial.norm, epsilon: trial.epsilon, bounds: trial.bounds };
    const target = trial.target === undefined ? undefined : targetOf(trial.target, example, clean.logits, trial);
    this.goal =
      target === undefined ? untargeted(example.y, trial.classes) : targeted(example.y, target, trial.classes);
    this.ledger = openLedger(this.goal, (at) => {
      this.sawSuccess ||= isWithin(at, this.budget);
    });
  }

  *run(): Generator<Query, SampleRecord, Answer> {
    const { clean, example } = this;
    if (clean.failure !== undefined) return this.failed(clean.failure);
    if (clean.prediction !== example.y) return this.record('wrong');
    try {
      const returned = yield* this.planned.attack.run(this.context(), this.planned.options);
      return yield* this.judge(returned);
    } catch (error) {
      if (error instanceof UserError) throw error; // it holds for every example: the attack was asked for in vain
      return this.failed(error);
    }
  }

  private context(): AttackContext {
    const { example, trial, planned, goal, clean } = this;
    const x = example.x.slice(); // the attack's own: the judge measures from the original
    return {
      x,
      y: example.y,
      shape: trial.shape,
      classes: trial.classes,
      bounds: trial.bounds,
      norm: trial.norm,
      epsilon: trial.epsilon,
      ball: ballOf({ ...this.budget, x }),
      goal,
      random: randomOf(trial.seed, example.id, planned.attack.name, planned.repeat),
      clean: { logits: clean.logits },
    };
  }

  /** Brings the returned point within the budget, asks the forward graph about it, and writes down what is true. */
  private *judge(returned: Float32Array): Generator<Query, SampleRecord, Answer> {
    const { example, goal, ledger } = this;
    if (ledger.failure) throw ledger.failure;
    checkPoint(returned, example.x.length);
    const { sawSuccess } = this;
    const { forwardQueries } = ledger;
    const adv = settle(returned, this.budget);
    const { logits } = yield { want: 'scores', at: adv.point };
    ledger.forwardQueries = forwardQueries; // the attack's own queries count, the judge's does not
    const prediction = predictedClass(logits, example.y);
    return this.record(prediction === example.y ? 'survived' : 'broken', {
      adversarial: prediction,
      distances: adv.distances,
      ...(sawSuccess && !(goal.margin(logits) > 0) && { silentSuccess: true }),
    });
  }

  private failed(error: unknown): SampleRecord {
    return this.record('error', { error: error instanceof Error ? error.message : String(error) });
  }

  private record(outcome: SampleRecord['outcome'], found: Partial<SampleRecord> = {}): SampleRecord {
    const { forwardQueries, gradientQueries, uselessGradients } = this.ledger;
    return {
      id: this.example.id,
      attack: this.planned.label,
      label: this.example.y,
      clean: this.clean.prediction,
      outcome,
      ...(this.goal.target !== undefined && { target: this.goal.target }),
      ...found,
      forwardQueries,
      gradientQueries,
      ...(uselessGradients > 0 && { uselessGradients }),
    };
  }
}

function checkPoint(point: unknown, size: number): asserts point is Float32Array {
  if (!(point instanceof Float32Array)) throw new Error('the attack returned no Float32Array');
  if (point.length !== size) throw new Error(`the attack returned ${point.length} values: expected ${size}`);
  if (!allFinite(point)) throw new Error('the attack returned a value that is not finite');
}
