import type { Answer, Query } from '../core/attack.ts';
import { Attempt, prepare } from './attempt.ts';
import type { Clean, Prepared } from './attempt.ts';
import { carried } from './carry.ts';
import type { Example } from './example.ts';
import { majority, verdictNoise, verdicts } from './draws.ts';
import { openLedger } from './ledger.ts';
import { predictedClass } from './prediction.ts';
import type { Job } from './scheduler.ts';
import { isSameAttack } from './trial.ts';
import type { Emit, Judged, PlannedAttack, Trial } from './trial.ts';

/** The coroutine of one example: what the model says of it, then every attack in order, each judged and recorded. */
export function sampleJob(example: Example, trial: Trial, emit: Emit): Job {
  const job: Job = { ledger: openLedger({ noise: verdictNoise(trial.seed, example.id) }), run: run() };
  return job;

  function* run(): Generator<Query, void, Answer> {
    const clean = yield* classify(example, trial);
    const labelled = trial.labels === 'given' ? example : relabelled(example, clean);
    let prepared: Prepared | undefined; // of one epsilon at a time: a ball may be as large as some copies of the example
    let last: Reached | undefined;
    for (const planned of pendingAttacks(example, trial)) {
      const { epsilon = trial.epsilon } = planned;
      if (prepared?.budget.epsilon !== epsilon) prepared = prepare(labelled, clean, trial, epsilon);
      last = yield* attempt(prepared, planned, last && isSameAttack(last.planned, planned) ? last : undefined);
    }
  }

  /** `smaller`: what the same attack came to at a smaller epsilon. */
  function* attempt(prepared: Prepared, planned: PlannedAttack, smaller: Reached | undefined): Generator<Query, Reached, Answer> {
    const { found, sure = false } = smaller ?? {};
    if (found && sure) {
      emit(carried(found, planned, prepared.budget, nothingSpent), 0);
      return { planned, found, sure };
    }
    const here = new Attempt(prepared, planned, trial);
    job.ledger = here.ledger;
    const judged = yield* here.run();
    const { outcome } = judged.record;
    const mine = outcome === 'broken' && planned.epsilon !== undefined ? copied(judged) : undefined; // an emitted point is gone
    emit(found && outcome === 'survived' ? carried(found, planned, prepared.budget, judged.record) : judged, here.ledger.seconds);
    return { planned, found: mine ?? found, sure: here.reached && !trial.random };
  }
}

/** How an attack ended. */
interface Reached {
  readonly planned: PlannedAttack;
  /** An adversarial example, of this epsilon or a smaller one. */
  readonly found: Judged | undefined;
  /** It needs no second look at a larger epsilon: the original model can hardly have it otherwise. */
  readonly sure: boolean;
}

const nothing = new Float32Array(0);
const nothingSpent = { forwardQueries: 0, gradientQueries: 0 };

function copied({ record, point }: Judged): Judged {
  return { record, ...(point && { point: point.slice() }) };
}

/** Labelled as the model has it. Where it fails, the label does not matter, but must be a class. */
function relabelled(example: Example, { prediction }: Clean): Example {
  return { ...example, y: Math.max(0, prediction) };
}

function pendingAttacks({ pending }: Example, { attacks }: Trial): readonly PlannedAttack[] {
  return pending ? attacks.filter((_, index) => pending.includes(index)) : attacks;
}

function* classify({ x, y }: Example, trial: Trial): Generator<Query, Clean, Answer> {
  try {
    const answers = yield* verdicts(x, trial);
    const prediction = majority(answers.map(({ logits }) => predictedClass(logits, y)), y);
    const typical = answers.find(({ logits }) => predictedClass(logits, y) === prediction) ?? answers[0];
    return { prediction, logits: typical?.logits.slice() ?? nothing };
  } catch (failure) {
    return { prediction: -1, logits: nothing, failure };
  }
}
