import { UserError } from '../../src/core/errors.ts';

/** The shapes of a model's outputs for a batch of `rows` grey examples, as ONNX Runtime gives them. */
export async function outputShapes(
  file: string,
  { bytes, input }: { readonly bytes: Uint8Array; readonly input: string },
  [rows, ...shape]: readonly [number, ...number[]],
): Promise<readonly (readonly number[])[]> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  try {
    const session = await InferenceSession.create(bytes, { graphOptimizationLevel: 'basic', intraOpNumThreads: 1, logSeverityLevel: 4 });
    try {
      const values = new Float32Array(shape.reduce((product, n) => product * n, rows)).fill(0.5);
      const answer = await session.run({ [input]: new Tensor('float32', values, [rows, ...shape]) });
      return session.outputNames.map((name) => answer[name]?.dims ?? []);
    } finally {
      await session.release();
    }
  } catch (cause) {
    const [line] = (cause as Error).message.split('\n', 1);
    throw new UserError(`${file}: ONNX Runtime cannot run this model: ${line}`, { cause });
  }
}
