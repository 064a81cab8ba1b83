import type { Graph, TensorData } from '../graph/ir.ts';
import { lower } from './lower.ts';
import { OnnxRuntimeError, openSession, runtime } from './session.ts';

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
    return new Map(
      Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as TensorData, shape: dims }]),
    );
  } finally {
    await session.release();
  }
}
