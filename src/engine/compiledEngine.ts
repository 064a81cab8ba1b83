import type { Oracle } from '../core/oracle.ts';
import { randomOf } from '../core/random.ts';
import { Untraceable } from '../graph/ir.ts';
import type { SavedModel } from '../graph/model.ts';
import type { EngineRequest, OpenedEngine } from './choose.ts';
import { compileModel, type CompiledModel } from './compile.ts';
import { openCompiled } from './compiledOracle.ts';
import { floatPathOf } from './floatPath.ts';
import { gradientInfo } from './gradientInfo.ts';
import { withDraw } from './noise.ts';
import { openReference, type Reference } from './reference.ts';
import { probeRows, type RowIndependence } from './rows.ts';
import { runtimeVersion } from './session.ts';
import { chooseThreading } from './threads.ts';
import { probePoints, verify, VerificationError, type Verification } from './verify.ts';

/** The model compiled for ONNX Runtime, verified against the original. Throws where it cannot be, or is not its equal. */
export async function openCompiledEngine(model: SavedModel, request: EngineRequest): Promise<OpenedEngine> {
  const draft = await openFitting(model, request);
  const { rows, points, verification, reference } = draft;
  request.detail?.(`verified: ${figures(verification)}`);
  const compiled = { ...draft.compiled, logitError: 2 * verification.logitError };
  const { workers, threads } = await chooseThreading(compiled, draft.oracle, points, request.workers);
  // Workers open sessions of their own; those of this thread are opened again when they are asked.
  const stays = workers === 0 && threads === 1;
  if (!stays) await draft.oracle.close();
  const oracle = stays ? { ...draft.oracle, logitError: compiled.logitError } : await openCompiled(compiled, { threads });
  const verified = `logits within ${verification.logits === 0 ? '0' : verification.logits.toExponential(0)} of ${reference.framework}, ${gradientFigure(verification)}`;
  return {
    info: { name: 'onnxruntime', version: await runtimeVersion(), threads, workers, rows, reason: `compiled and verified: ${verified}`, ...gradientInfo(compiled.path) },
    oracle,
    portable: compiled,
    original: reference,
    close: async () => {
      await Promise.all([oracle.close(), reference.close()]);
    },
  };
}

interface Draft {
  readonly compiled: CompiledModel;
  readonly oracle: Oracle;
  readonly rows: RowIndependence;
  readonly points: Float32Array;
  readonly verification: Verification;
  readonly reference: Reference;
}

/** A file made for so many rows is tried with any number; where its graph does not follow, it stays with its own. */
async function openFitting(model: SavedModel, request: EngineRequest): Promise<Draft> {
  const own = 'onnx' in model ? model.onnx.input.rows : undefined;
  if (own === undefined || request.batchSize !== undefined) return openDraft(model, request);
  try {
    return await openDraft(model, request);
  } catch (error) {
    if (!(error instanceof Untraceable || error instanceof VerificationError)) throw error;
    request.note(`${model.path}: its graph takes ${own === 1 ? 'one example' : `${own} examples`} at a time; running ${own === 1 ? 'one row' : `${own} rows`} per batch`);
    return openDraft(model, { ...request, batchSize: own });
  }
}

/** The model compiled and verified, in a one-thread session; one row per batch if its rows influence each other. */
async function openDraft(model: SavedModel, request: EngineRequest): Promise<Draft> {
  const { batchSize, probe, bounds, note, straightThrough = false } = request;
  const compiled = await compileModel(model, { straightThrough, ...(batchSize !== undefined && { batchSize }) });
  const oracle = await openCompiled(compiled, { threads: 1 });
  let [reference, floatPath]: [Reference?, Oracle?] = [];
  try {
    const random = randomOf(0, 'verification');
    const { points, count } = probePoints(probe, oracle.size, bounds, random.split('points'));
    const rows = await probeRows(oracle, points, count);
    if (rows === 'coupled' && oracle.batchSize > 1) {
      note(`${model.path}: ${coupled}`);
      await oracle.close();
      return { ...(await openDraft(model, { ...request, batchSize: 1 })), rows };
    }
    reference = await openReference(model, { batchSize: oracle.batchSize, noise: compiled.noise }, points, count);
    floatPath = await floatPathOf(model, compiled, straightThrough);
    const still = <Asked extends Oracle | Reference>(asked: Asked): Asked => withDraw(asked, random.split('noise'));
    const verification = await verify(still(oracle), still(reference), points, count, random, floatPath && still(floatPath));
    return { compiled, oracle, rows, points, verification, reference };
  } catch (error) {
    await Promise.all([oracle.close(), reference?.close()]);
    throw error;
  } finally {
    await floatPath?.close();
  }
}

function gradientFigure({ gradient, deviation }: Verification): string {
  const slope = `within ${gradient.toExponential(0)} of central differences`;
  if (deviation === undefined) return `gradient ${slope}`;
  return `straight-through gradient at cosine ${(1 - deviation).toFixed(2)} to that of the unquantised path, which is ${slope}`;
}

/** Of models whose rows influence each other. */
export const coupled = "a row's answer depends on the other rows of its batch; running one row per batch";

function figures({ logits, losses, gradient, spread, elsewhere, deviation }: Verification): string {
  const estimate = deviation !== undefined && { 'straight-through gradient': deviation };
  const found = { logits, losses, gradient, 'gradient row by row': spread, 'gradient in random directions': elsewhere, ...estimate };
  return Object.entries(found).map(([name, error]) => `${name} ${error.toExponential(1)}`).join(', ');
}
