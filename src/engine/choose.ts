import type { Bounds } from '../core/bounds.ts';
import { UserError } from '../core/errors.ts';
import type { Oracle } from '../core/oracle.ts';
import { randomOf, type Random } from '../core/random.ts';
import type { RobustnessReport } from '../core/report.ts';
import { Untraceable } from '../graph/ir.ts';
import type { SavedModel } from '../graph/model.ts';
import { compileModel, type CompiledModel } from './compile.ts';
import { openCompiled } from './compiledOracle.ts';
import { firstLine, type EagerBackend } from './eager/backends.ts';
import { onBackend, openEager, type EagerOracle } from './eager/openEager.ts';
import { predictEvery } from './everyRow.ts';
import { relativeError } from './relativeError.ts';
import { probeRows, type RowIndependence } from './rows.ts';
import { OnnxRuntimeError, runtimeVersion } from './session.ts';
import { chooseThreading } from './threads.ts';
import { probePoints, verify, verifyGradient, VerificationError, type Verification } from './verify.ts';

export type EngineName = 'auto' | 'onnxruntime' | EagerBackend;

export interface EngineRequest {
  readonly engine: EngineName;
  readonly batchSize?: number;
  /** Worker threads; 0 is the calling thread. */
  readonly workers?: number;
  /** [n, size]: 8 or more data rows, for verification. */
  readonly probe: Float32Array;
  readonly bounds: Bounds;
  /** Told in one line of each decision that a user should know of. */
  readonly note: (line: string) => void;
}

/** A model on its engine. */
export interface OpenedEngine {
  readonly info: RobustnessReport['engine'];
  /** In this thread. */
  readonly oracle: Oracle;
  /** What workers open for themselves; absent when only this thread can run the model. */
  readonly compiled?: CompiledModel;
  /** The model in TF.js as it was saved, which the compiled one was verified against; absent where `oracle` is that. */
  readonly original?: EagerOracle;
  close(): Promise<void>;
}

/** Opens the engine asked for; `auto` is the compiled one, verified, or TF.js where that is not possible. */
export async function openEngine(model: SavedModel, asked: EngineRequest): Promise<OpenedEngine> {
  const { engine, note } = asked;
  const request = model.oneByOne ? { ...asked, batchSize: 1 } : asked;
  if (model.oneByOne) note(`${model.path}: its graph takes one example at a time; running one row per batch`);
  if (engine !== 'auto' && engine !== 'onnxruntime') return openEagerEngine(model, request, engine, 'asked for');
  try {
    return await openCompiledEngine(model, request);
  } catch (cause) {
    const why = reasonAgainst(cause);
    if (why === undefined) throw cause;
    if (engine === 'onnxruntime')
      throw new UserError(`${model.path}: engine onnxruntime cannot be used: ${why}`, { cause });
    note(`${model.path}: ${why}; running in TF.js instead, which is slower`);
    return openEagerEngine(model, request, undefined, why);
  }
}

/** Why a model cannot run compiled; undefined for errors that are no reason to fall back. */
function reasonAgainst(error: unknown): string | undefined {
  if (error instanceof Untraceable) return `${error.op} cannot be compiled (${error.message})`;
  if (error instanceof VerificationError) return `the compiled graph failed verification: ${error.message}`;
  if (error instanceof OnnxRuntimeError) return firstLine(error);
  return undefined;
}

async function openCompiledEngine(model: SavedModel, request: EngineRequest): Promise<OpenedEngine> {
  const draft = await openDraft(model, request);
  const { rows, points, verification } = draft;
  const compiled = { ...draft.compiled, logitError: 2 * verification.logitError };
  const { workers, threads } = await chooseThreading(compiled, draft.oracle, points, request.workers);
  if (threads > 1) await draft.oracle.close();
  const oracle =
    threads > 1 ? await openCompiled(compiled, { threads }) : { ...draft.oracle, logitError: compiled.logitError };
  const [logits, gradient] = [verification.logits, verification.gradient].map((error) => error.toExponential(0));
  const verified = `logits within ${logits} of TF.js, gradient within ${gradient} of central differences`;
  const reason = `compiled and verified: ${verified}`;
  return {
    info: { name: 'onnxruntime', version: await runtimeVersion(), threads, workers, rows, reason },
    oracle,
    compiled,
    original: draft.reference,
    close: () => oracle.close(),
  };
}

interface Draft {
  readonly compiled: CompiledModel;
  readonly oracle: Oracle;
  readonly rows: RowIndependence;
  readonly points: Float32Array;
  readonly verification: Verification;
  readonly reference: EagerOracle;
}

/** The model compiled and verified, in a one-thread session; one row per batch if its rows influence each other. */
async function openDraft(model: SavedModel, request: EngineRequest): Promise<Draft> {
  const { batchSize, probe, bounds, note } = request;
  const compiled = await compileModel(model, batchSize === undefined ? {} : { batchSize });
  const oracle = await openCompiled(compiled, { threads: 1 });
  try {
    const random = randomOf(0, 'verification');
    const { points, count } = probePoints(probe, oracle.size, bounds, random.split('points'));
    const rows = await probeRows(oracle, points, count);
    if (rows === 'coupled' && oracle.batchSize > 1) {
      note(`${model.path}: ${coupled}`);
      await oracle.close();
      return { ...(await openDraft(model, { ...request, batchSize: 1 })), rows };
    }
    const alone = oracle.batchSize === 1 && { batchSize: 1 };
    const reference = await openEager(model, undefined, { ...alone, differentiable: false });
    const verification = await verify(oracle, reference, points, count, random);
    return { compiled, oracle, rows, points, verification, reference };
  } catch (error) {
    await oracle.close();
    throw error;
  }
}

const coupled = "a row's answer depends on the other rows of its batch; running one row per batch";

/** TF.js as the engine, on the backend asked for or on the fastest one that differentiates this model rightly. */
async function openEagerEngine(
  model: SavedModel,
  request: EngineRequest,
  backend: EagerBackend | undefined,
  reason: string,
): Promise<OpenedEngine> {
  return onBackend(model, backend, request, (candidate) => openVerifiedBackend(model, request, candidate, reason));
}

async function openVerifiedBackend(
  model: SavedModel,
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
