import type { Answer, Query } from '../core/attack.ts';
import { Attempt, prepare } from './attempt.ts';
import type { Clean } from './attempt.ts';
import type { Example } from './example.ts';
import { openLedger } from './ledger.ts';
import { predictedClass } from './prediction.ts';
import type { Job } from './scheduler.ts';
import type { Emit, PlannedAttack, Trial } from './trial.ts';

/** The coroutine of one example: what the model says of it, then every attack in order, each judged and recorded. */
export function sampleJob(example: Example, trial: Trial, emit: Emit): Job {
  const job: Job = { ledger: openLedger(), run: run() };
  return job;

  function* run(): Generator<Query, void, Answer> {
    const clean = yield* classify(example);
    const prepared = prepare(trial.labels === 'given' ? example : relabelled(example, clean), clean, trial);
    for (const planned of pendingAttacks(example, trial)) {
      const attempt = new Attempt(prepared, planned, trial);
      job.ledger = attempt.ledger;
      emit(yield* attempt.run(), attempt.ledger.seconds);
    }
  }
}

/** Labelled as the model has it. Where it fails, the label does not matter, but must be a class. */
function relabelled(example: Example, { prediction }: Clean): Example {
  return { ...example, y: Math.max(0, prediction) };
}

function pendingAttacks({ pending }: Example, { attacks }: Trial): readonly PlannedAttack[] {
  return pending ? attacks.filter((_, index) => pending.includes(index)) : attacks;
}

function* classify({ x, y }: Example): Generator<Query, Clean, Answer> {
  try {
    const { logits } = yield { want: 'scores', at: x };
    return { prediction: predictedClass(logits, y), logits: logits.slice() };
  } catch (failure) {
    return { prediction: -1, logits: new Float32Array(0), failure };
  }
}
