import type { Bounds } from '../core/bounds.ts';
import { UserError } from '../core/errors.ts';
import type { Oracle } from '../core/oracle.ts';
import type { RobustnessReport } from '../core/report.ts';
import { Untraceable } from '../graph/ir.ts';
import type { OnnxModel, SavedModel, TfjsModel } from '../graph/model.ts';
import { pathOf, rulesFor } from './compile.ts';
import { openCompiledEngine } from './compiledEngine.ts';
import { divergence } from './divergence.ts';
import { firstLine, type EagerBackend } from './eager/backends.ts';
import { endsText } from './gradientInfo.ts';
import { openOriginalEngine } from './originalEngine.ts';
import type { PortableModel } from './portable.ts';
import type { Reference } from './reference.ts';
import { OnnxRuntimeError } from './session.ts';
import { openTfjsEngine } from './tfjsEngine.ts';
import { VerificationError } from './verify.ts';

export type EngineName = 'auto' | 'onnxruntime' | EagerBackend;

export interface EngineRequest {
  readonly engine: EngineName;
  readonly batchSize?: number;
  /** Worker threads; 0 is the calling thread. */
  readonly workers?: number;
  /** [n, size]: 8 or more data rows, for verification. */
  readonly probe: Float32Array;
  readonly bounds: Bounds;
  /** Staircases (rounding, signs) pass gradients as the slope they climb. */
  readonly straightThrough?: boolean;
  /** Told in one line of each decision that a user should know of. */
  readonly note: (line: string) => void;
  /** Told what only a curious user wants to know. */
  readonly detail?: (line: string) => void;
}

/** A model on its engine. */
export interface OpenedEngine {
  readonly info: RobustnessReport['engine'];
  /** In this thread. */
  readonly oracle: Oracle;
  /** What workers open for themselves; absent when only this thread can run the model. */
  readonly portable?: PortableModel;
  /** The model as it was saved, which the compiled one was verified against; absent where `oracle` is that. */
  readonly original?: Reference;
  close(): Promise<void>;
}

/** Opens the engine asked for; `auto` is the compiled one, verified, or the model's own framework where that is not possible. */
export function openEngine(model: SavedModel, request: EngineRequest): Promise<OpenedEngine> {
  return 'onnx' in model ? openForOnnx(model, request) : openForTfjs(model, request);
}

async function openForTfjs(model: TfjsModel, asked: EngineRequest): Promise<OpenedEngine> {
  const { engine, note } = asked;
  const request = model.oneByOne ? { ...asked, batchSize: 1 } : asked;
  if (model.oneByOne) note(`${model.path}: its graph takes one example at a time; running one row per batch`);
  if (engine !== 'auto' && engine !== 'onnxruntime') return openTfjsEngine(model, request, engine, 'asked for');
  try {
    return await openCompiledEngine(model, request);
  } catch (cause) {
    const why = reasonAgainst(cause);
    if (why === undefined) throw cause;
    if (engine === 'onnxruntime')
      throw new UserError(`${model.path}: engine onnxruntime cannot be used: ${why}`, { cause });
    note(`${model.path}: ${why}; running in TF.js instead, which is slower`);
    return openTfjsEngine(model, request, undefined, why);
  }
}

/** What cannot be compiled is run as it is, without gradients; what was compiled and is not the file's equal is refused. */
async function openForOnnx(model: OnnxModel, request: EngineRequest): Promise<OpenedEngine> {
  const { engine, note } = request;
  if (engine !== 'auto' && engine !== 'onnxruntime')
    throw new UserError(`${model.path}: expected engine auto or onnxruntime for an ONNX model, found ${engine}, which runs TF.js models`);
  const { name, shape } = model.onnx.input;
  request.detail?.(`${model.path}: examples [${model.inputShape.join(', ')}] go into '${name.replace(/^breakwater:/, '')}' as [${shape.join(', ')}]; logits ${model.logits}`);
  try {
    return await openCompiledEngine(model, request);
  } catch (cause) {
    if (cause instanceof VerificationError) {
      throw new UserError(`${model.path}: ${reasonAgainst(cause)}${await whereAgainst(cause, model, request)}`, { cause });
    }
    const why = reasonAgainst(cause);
    if (why === undefined) throw cause;
    note(`${model.path}: ${why}; ONNX Runtime runs the original file instead, which gives no gradients`);
    return await openOriginalEngine(model, request, why).catch((failure: unknown) => {
      if (!(failure instanceof OnnxRuntimeError)) throw failure;
      throw new UserError(`${model.path}: ${firstLine(failure)}`, { cause: failure });
    });
  }
}

/** Which nodes are to blame, as the end of a sentence. */
async function whereAgainst({ figure }: VerificationError, model: OnnxModel, request: EngineRequest): Promise<string> {
  // Node by node, random numbers would be found to differ.
  if (figure === 'logits') return model.onnx.drawn ? '' : divergence(model, request);
  const { straightThrough = false } = request;
  return endsText(pathOf(await model.trace(1), rulesFor(straightThrough)), straightThrough);
}

/** Why a model cannot run compiled; undefined for errors that are no reason to fall back. */
function reasonAgainst(error: unknown): string | undefined {
  if (error instanceof Untraceable) return `${error.op} cannot be compiled (${error.message.replace(`${error.op}: `, '')})`;
  if (error instanceof VerificationError) return `the compiled graph failed verification: ${error.message}`;
  if (error instanceof OnnxRuntimeError) return firstLine(error);
  return undefined;
}
