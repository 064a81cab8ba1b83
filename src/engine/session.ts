import type { InferenceSession } from 'onnxruntime-node';

/** ONNX Runtime, loaded when first needed. */
export const runtime = () => import('onnxruntime-node');

export async function runtimeVersion(): Promise<string> {
  const { env } = await runtime();
  return env.versions.node ?? env.versions.common;
}

export interface SessionOptions {
  /** Threads inside one operator. */
  readonly threads: number;
  /** Default: true. ONNX Runtime's optimiser takes time quadratic in the nodes: minutes where there are tens of thousands. */
  readonly optimize?: boolean;
}

/** ONNX Runtime did not open or run one of our graphs. */
export class OnnxRuntimeError extends Error {
  override readonly name = 'OnnxRuntimeError';
  constructor(doing: string, cause: unknown) {
    super(`ONNX Runtime failed ${doing}: ${(cause as Error).message}`, { cause });
  }
}

/** A session as fast as ONNX Runtime makes it, unless told otherwise: only level 'all' has the blocked (NCHWc) convolutions. */
export async function openSession(model: Uint8Array, { threads, optimize = true }: SessionOptions): Promise<InferenceSession> {
  const { InferenceSession } = await runtime();
  try {
    return await InferenceSession.create(unshared(model), {
      graphOptimizationLevel: optimize ? 'all' : 'disabled',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      // The threads of an idle session would spin on the cores that the others need: on a busy machine, sessions that
      // take turns are 1.5 to 2 times faster without.
      // And QuantizeLinear and DequantizeLinear stay as the file has them. Fused into integer kernels, a value that lies
      // between two steps may go to the other one: forward, gradient and original graph are not fused alike.
      extra: { session: { intra_op: { allow_spinning: '0' }, disable_quant_qdq: '1' } },
    });
  } catch (cause) {
    throw new OnnxRuntimeError('to open a graph', cause);
  }
}

/** ONNX Runtime reads no shared memory. */
const unshared = (model: Uint8Array): Uint8Array => (model.buffer instanceof SharedArrayBuffer ? model.slice() : model);
