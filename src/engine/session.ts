import type { InferenceSession } from 'onnxruntime-node';
import type { Graph, TensorData } from '../graph/ir.ts';
import { lower } from './lower.ts';

/** ONNX Runtime, loaded when first needed. */
export const runtime = () => import('onnxruntime-node');

export async function runtimeVersion(): Promise<string> {
  const { env } = await runtime();
  return env.versions.node ?? env.versions.common;
}

export interface SessionOptions {
  /** Threads inside one operator. */
  readonly threads: number;
}

/** ONNX Runtime did not open or run one of our graphs. */
export class OnnxRuntimeError extends Error {
  override readonly name = 'OnnxRuntimeError';
  constructor(doing: string, cause: unknown) {
    super(`ONNX Runtime failed ${doing}: ${(cause as Error).message}`, { cause });
  }
}

/** A session as fast as ONNX Runtime makes it: only level 'all' has the blocked (NCHWc) convolutions. */
export async function openSession(model: Uint8Array, { threads }: SessionOptions): Promise<InferenceSession> {
  const { InferenceSession } = await runtime();
  try {
    return await InferenceSession.create(model, {
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (cause) {
    throw new OnnxRuntimeError('to open a graph', cause);
  }
}

/** Runs a graph once. `feeds` by input name; the result by output name. */
export async function evaluate(
  graph: Graph,
  feeds: Readonly<Record<string, TensorData>> = {},
): Promise<Map<string, { readonly data: TensorData; readonly shape: readonly number[] }>> {
  const { Tensor } = await runtime();
  const session = await openSession(lower(graph), { threads: 1 });
  try {
    const inputs: Record<string, InstanceType<typeof Tensor>> = {};
    for (const { node, shape, dtype } of graph.inputs) {
      const data = feeds[node.name];
      if (!data) throw new Error(`evaluate: no value for input ${node.name}`);
      inputs[node.name] = new Tensor(dtype, data as Float32Array, shape);
    }
    const results = await session.run(inputs).catch((cause: unknown) => {
      throw new OnnxRuntimeError('to evaluate a graph', cause);
    });
    return new Map(Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as TensorData, shape: dims }]));
  } finally {
    await session.release();
  }
}
