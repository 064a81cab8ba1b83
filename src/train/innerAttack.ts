import type { Answer, Query } from '../core/attack.ts';
import type { Ball } from '../core/ball.ts';
import type { Goal } from '../core/goal.ts';
import { untargeted } from '../core/goal.ts';
import type { Oracle } from '../core/oracle.ts';
import { randomOf } from '../core/random.ts';
import { prepare } from '../evaluate/attempt.ts';
import { settle } from '../evaluate/budget.ts';
import type { Example } from '../evaluate/example.ts';
import { openLedger } from '../evaluate/ledger.ts';
import { schedule, type Job } from '../evaluate/scheduler.ts';
import type { PlannedAttack, Trial } from '../evaluate/trial.ts';
import { inTurn } from './inTurn.ts';
import type { InnerAttack } from './methods/method.ts';

/** An attack on examples that are to be learned from. */
export interface Crafting {
  readonly attack: PlannedAttack;
  readonly away: InnerAttack['away'];
  readonly trial: Trial;
}

const nothing = new Float32Array(0);

/** The model that is attacked computes NaN or infinity. */
export class LogitsNotFinite extends Error {
  override readonly name = 'LogitsNotFinite';
}

/**
 * Moves examples by an attack on the model as it stands, each within its budget: also those that it misclassifies already,
 * and all to the attack's last step. [examples, size]. What is drawn depends on seed, epoch and the example's id.
 */
export async function craft(oracle: Oracle, examples: readonly Example[], crafting: Crafting, epoch: number): Promise<Float32Array<ArrayBuffer>> {
  const advs = new Float32Array(examples.length * oracle.size);
  const jobs = examples.map((example, row) => jobOf(example, crafting, epoch, advs.subarray(row * oracle.size, (row + 1) * oracle.size)));
  await schedule(oracle, inTurn(jobs), { inFlight: oracle.batchSize });
  return advs;
}

function jobOf(example: Example, { attack: { attack, options }, away, trial }: Crafting, epoch: number, into: Float32Array): Job {
  const { epsilon, shape, classes, seed, norm } = trial;
  const { x, ball, budget } = prepare(example, { prediction: example.y, logits: nothing }, trial, epsilon);
  const { bounds, restraint } = budget;
  const stream = randomOf(seed, 'training', epoch, example.id);
  const label = untargeted(example.y, classes);
  const ledger = openLedger({ goal: label, restraint, noise: stream.split('noise') });
  return { ledger, run: run() };

  function* run(): Generator<Query, void, Answer> {
    try {
      into.set(settle(yield* attacked(), budget).point);
    } catch (error) {
      throw ledger.failure ? new LogitsNotFinite(ledger.failure.message, { cause: error }) : error;
    }
  }

  function* attacked(): Generator<Query, Float32Array, Answer> {
    const logits = away === 'clean' ? (yield { want: 'scores', at: x }).logits.slice() : nothing;
    const context = {
      ...{ x, y: example.y, shape, classes, bounds, snap: restraint?.snap, norm, epsilon, clean: { logits } },
      ...(away === 'clean' ? { ball: beginningBeside(ball), goal: awayFrom(logits, label) } : { ball, goal: label }),
      random: stream.split(attack.name),
    };
    const returned = yield* attack.run(context, options);
    return 'adv' in returned ? returned.adv : returned;
  }
}

/** The label's goal, but its cross-entropy is with what the model says of the clean example: up to a constant their divergence. */
function awayFrom(logits: Float32Array, goal: Goal): Goal {
  const loss = { crossEntropy: softmax(logits) };
  return { ...goal, loss, lossNamed: (name) => (name === 'crossEntropy' ? loss : goal.lossNamed(name)) };
}

function softmax(logits: Float32Array): Float32Array {
  const highest = Math.max(...logits);
  const powers = logits.map((z) => Math.exp(z - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Standard deviation of the start beside x, in units of epsilon: at 8/255 it is TRADES' 0.001. */
const beside = 1 / 32;

/** The same ball, whose random points lie close to x: at x itself the divergence has no slope. */
function beginningBeside(ball: Ball): Ball {
  return {
    ...ball,
    sample(random) {
      const point = ball.x.map((value) => value + beside * ball.epsilon * random.normal());
      ball.project(point);
      return point;
    },
    projecting: (projection) => beginningBeside(ball.projecting(projection)),
  };
}
