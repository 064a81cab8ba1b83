import { randomOf } from '../core/random.ts';
import type { OpenedEngine } from '../engine/choose.ts';
import { median } from '../engine/median.ts';
import { withDraw } from '../engine/noise.ts';
import { probePoints, VerificationError, verifyGradient } from '../engine/verify.ts';
import { foretelling, shareOfJumps, unevenness } from '../evaluate/again/landscape.ts';
import type { Changes } from '../evaluate/again/landscape.ts';
import { planted } from '../evaluate/again/planted.ts';
import { probe } from '../evaluate/again/probe.ts';
import { rerun } from '../evaluate/again/rerun.ts';
import type { SecondLook } from '../evaluate/again/secondLook.ts';
import { watched } from '../evaluate/again/watched.ts';
import type { Example } from '../evaluate/example.ts';
import type { PlannedAttack, Trial } from '../evaluate/trial.ts';
import { examplesOf } from './examplesOf.ts';
import type { ExampleSource } from './exampleSource.ts';
import { isWhole, moreWorkOf, singlesOf, unboundedTrial } from './attacks/moreAttacks.ts';

/** Examples that are looked at again. */
export const mostLooked = 64;
/** Rows of data, and as many random ones, on which gradients are compared with central differences. */
const slopeRows = 16;
/** A change of so many times the engine's error on a logit is one. */
const roundings = 4;

export interface LookRequest {
  readonly engine: OpenedEngine;
  /** As the scan ran it. */
  readonly trial: Trial;
  /** The attack asked for that broke most, by gradients if any follows them; undefined where none keeps to the ball. */
  readonly strongest: PlannedAttack | undefined;
  /** One that does without gradients was among those asked for. */
  readonly gradientFree: boolean;
  readonly survivors: readonly number[];
  /** The examples from the beginning. */
  readonly source: ExampleSource;
  readonly signal: AbortSignal | undefined;
}

/**
 * The extra runs of `--checks full`, in this thread, on at most 64 of the examples that survived. Their cost does not grow
 * with the number of examples: on each of those 64 five times that of the strongest attack, and some 450 gradients and
 * 1,500 predictions.
 */
export async function lookAgain(request: LookRequest): Promise<SecondLook> {
  const { survivors, trial, strongest, source } = request;
  const examples = strongest ? await examplesOf(chosenFrom(survivors, trial.seed), source) : [];
  const about = { looked: examples.length, survivors: survivors.length };
  if (!strongest || examples.length === 0) return { ...about, moreWork: [] };
  return {
    ...about,
    ...(await rerunsOn(examples, strongest, request)),
    ...(await looksAround(examples, strongest, request)),
    ...(await slopeOf(request, examples)),
  };
}

type Reruns = Pick<SecondLook, 'moreWork' | 'otherLoss' | 'halfway' | 'gradientFree' | 'noise' | 'unbounded'>;

async function rerunsOn(examples: readonly Example[], strongest: PlannedAttack, { engine: { oracle }, trial, gradientFree, signal }: LookRequest): Promise<Reruns> {
  const { differentiable } = oracle;
  const moreWork = moreWorkOf(strongest, trial, differentiable);
  const single = singlesOf(strongest, trial, { differentiable, gradientFree });
  const attacks = [...moreWork, ...Object.values(single)];
  const found = await rerun(oracle, examples, { ...trial, eightBit: false, attacks }, signal);
  const boundless = differentiable && isWhole(trial) ? unboundedTrial(trial, oracle.size) : undefined;
  const unbounded = boundless && [...(await rerun(oracle, examples, boundless, signal)).values()][0];
  return {
    moreWork: moreWork.flatMap(({ label }) => found.get(label) ?? []),
    ...Object.fromEntries(Object.entries(single).map(([role, { label }]) => [role, found.get(label)])),
    ...(unbounded && { unbounded }),
  };
}

type Looks = Pick<SecondLook, 'stillRising' | 'unevenness' | 'jumps' | 'planted' | 'failure'>;

/** Watches the strongest attack at work once more, and what lies around the survivors. */
async function looksAround(examples: readonly Example[], strongest: PlannedAttack, { engine: { oracle, info }, trial, signal }: LookRequest): Promise<Looks> {
  const [rises, uneven]: [number[], number[]] = [[], []];
  const changes: Changes = { foretold: [], unforetold: [] };
  const count = { tried: 0, found: 0 };
  const looks = {
    watched: !strongest.attack.members && { ...strongest, label: 'watched', attack: watched(strongest.attack, rises) },
    uneven: isWhole(trial) && probe('uneven', unevenness(uneven)),
    foretelling: isWhole(trial) && oracle.differentiable && !info.gradient && probe('foretelling', foretelling(changes, roundings * oracle.logitError)),
    planted: isWhole(trial) && !oracle.random && probe('planted', planted(strongest, examples.map(({ x }) => x), count)),
  };
  const attacks = Object.values(looks).filter((look) => look !== false);
  const found = await rerun(oracle, examples, { ...trial, eightBit: false, attacks }, signal);
  const failed = [...found.values()].find(({ error }) => error !== undefined);
  const jumps = shareOfJumps(changes);
  return {
    ...(rises.length > 0 && { stillRising: median(rises) }),
    ...(uneven.length > 0 && { unevenness: median(uneven) }),
    ...(jumps !== undefined && { jumps }),
    ...(count.tried > 0 && { planted: count }),
    ...(failed && { failure: `${failed.attack} failed: ${failed.error}.` }),
  };
}

/** By the seed, whatever the order. */
function chosenFrom(survivors: readonly number[], seed: number): ReadonlySet<number> {
  const order = new Map(survivors.map((id) => [id, randomOf(seed, id, 'second look').uniform()]));
  return new Set([...survivors].sort((a, b) => (order.get(a) as number) - (order.get(b) as number) || a - b).slice(0, mostLooked));
}

/** Where the gradient is the model's own: how it compares with central differences around the survivors. */
async function slopeOf({ engine: { oracle, info }, trial }: LookRequest, examples: readonly Example[]): Promise<Pick<SecondLook, 'slope'>> {
  if (!oracle.differentiable || info.gradient) return {};
  const random = randomOf(trial.seed, 'second look', 'slope');
  const data = Float32Array.from(examples.slice(0, slopeRows).flatMap(({ x }) => [...x]));
  const { points, count } = probePoints(data, oracle.size, trial.bounds, random.split('points'), slopeRows);
  try {
    const { gradient } = await verifyGradient(withDraw(oracle, random.split('noise')), points, count, random);
    return { slope: { error: gradient } };
  } catch (error) {
    if (error instanceof VerificationError) return { slope: { wrong: error.message } };
    throw error;
  }
}
