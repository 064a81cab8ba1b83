import { UserError } from '../core/errors.ts';
import { randomOf, type Random } from '../core/random.ts';
import type { TfjsModel } from '../graph/model.ts';
import type { EngineRequest, OpenedEngine } from './choose.ts';
import { coupled } from './compiledEngine.ts';
import type { EagerBackend } from './eager/backends.ts';
import { onBackend, openEager, type EagerOracle } from './eager/openEager.ts';
import { predictEvery } from './everyRow.ts';
import { relativeError } from './relativeError.ts';
import { probeRows } from './rows.ts';
import { probePoints, verifyGradient, VerificationError } from './verify.ts';

/** TF.js as the engine, on the backend asked for or on the fastest one that differentiates this model rightly. */
export async function openTfjsEngine(
  model: TfjsModel,
  request: EngineRequest,
  backend: EagerBackend | undefined,
  reason: string,
): Promise<OpenedEngine> {
  if (request.straightThrough)
    throw new UserError(`${model.path}: straight-through gradients: expected a model that runs compiled, found one in TF.js (${reason})`);
  return onBackend(model, backend, request, (candidate) => openVerifiedBackend(model, request, candidate, reason));
}

async function openVerifiedBackend(
  model: TfjsModel,
  request: EngineRequest,
  backend: EagerBackend,
  reason: string,
): Promise<OpenedEngine> {
  const { batchSize, probe, bounds, note } = request;
  let oracle = await openEager(model, backend, batchSize === undefined ? {} : { batchSize });
  const random = randomOf(0, 'verification');
  const { points, count } = probePoints(probe, oracle.size, bounds, random.split('points'));
  await checkRepeatable(oracle, points, count);
  const rows = await probeRows(oracle, points, count);
  if (rows === 'coupled' && oracle.batchSize > 1) {
    note(`${model.path}: ${coupled}`);
    oracle = await openEager(model, backend, { batchSize: 1 });
  }
  const error = await eagerGradientError(oracle, points, count, random);
  const verified = `${reason}; gradient within ${error.toExponential(0)} of central differences`;
  const info = { name: backend, version: oracle.version, threads: 1, workers: 0, rows, reason: verified };
  return { info, oracle, close: () => oracle.close() };
}

/** A difference between two answers to the same question that is no rounding, over the largest logit. */
const chance = 1e-4;

/** What draws random numbers fools an attack that asks once: the point it found may fail, and the next one succeed. */
async function checkRepeatable(oracle: EagerOracle, points: Float32Array, count: number): Promise<void> {
  const [once, again] = [await predictEvery(oracle, points, count), await predictEvery(oracle, points, count)];
  if (relativeError(once, again) > chance)
    throw new UserError(`TF.js backend ${oracle.backend} gives other logits for the same examples: does the model draw random numbers?`);
}

/** Some of TF.js's own gradients are wrong, and an attack that follows a wrong one leaves a figure that is too high. */
async function eagerGradientError(
  oracle: EagerOracle,
  points: Float32Array,
  count: number,
  random: Random,
): Promise<number> {
  try {
    return (await verifyGradient(oracle, points, count, random)).gradient;
  } catch (cause) {
    if (!(cause instanceof VerificationError)) throw cause;
    throw new UserError(`TF.js backend ${oracle.backend} differentiates this model wrongly: ${cause.message}`, {
      cause,
    });
  }
}
