import type { Oracle } from '../core/oracle.ts';
import type { CompiledModel } from './compile.ts';
import { NoiseFeeds } from './noise.ts';
import { openProgram, type Program } from './program.ts';
import { OnnxRuntimeError, type SessionOptions } from './session.ts';

/**
 * Opens a compiled model on ONNX Runtime. Needs no TF.js. Sessions are made when first asked for. `parameters` are what
 * else the graphs take as inputs, asked for at every batch.
 */
export function openCompiled(compiled: CompiledModel, options: SessionOptions, parameters: () => Readonly<Record<string, Float32Array>> = () => ({})): Promise<Oracle> {
  const { inputShape, size, classes, batchSizes, optimize, logitError, noise } = compiled;
  const [batchSize = 0] = batchSizes;
  const session = { ...options, optimize };
  const forward = family<'logits'>(compiled.forward, batchSizes, session);
  const gradient = family<'logits' | 'loss' | 'gradient'>(compiled.gradient, batchSizes, session);
  const feeds = new NoiseFeeds(noise);
  return Promise.resolve({
    inputShape,
    size,
    classes,
    batchSize,
    batchSizes,
    differentiable: true,
    logitError,
    ...(noise.length > 0 && { random: true }),
    async predict(points, rows, draws) {
      const { logits } = await forward.run({ x: points, ...feeds.of(rows, draws), ...parameters() }, rows);
      return { logits: logits.subarray(0, rows * classes) };
    },
    async gradient(points, { kind, a, b }, rows, draws) {
      const inputs = { x: points, lossKind: kind, lossA: a, lossB: b, ...feeds.of(rows, draws), ...parameters() };
      const answer = await gradient.run(inputs, rows);
      return {
        logits: answer.logits.subarray(0, rows * classes),
        loss: answer.loss.subarray(0, rows),
        gradient: answer.gradient.subarray(0, rows * size),
      };
    },
    async close() {
      await Promise.all([forward.release(), gradient.release()]);
    },
  });
}

/** The same graph at several batch sizes: rows go to the smallest that holds them. */
function family<Output extends string>(
  models: readonly Uint8Array[],
  batchSizes: readonly number[],
  options: SessionOptions,
): Program<Output> {
  const programs = new Map<number, Promise<Program<Output>>>();
  const open = (rows: number): Promise<Program<Output>> => {
    const at = batchSizes.findLastIndex((batch) => batch >= rows);
    const model = models[at];
    if (!model || rows < 1) throw new Error(`expected 1 to ${batchSizes[0] ?? 0} rows, found ${rows}`);
    const program = programs.get(at) ?? openProgram<Output>(model, options);
    programs.set(at, program);
    return program;
  };
  return {
    async run(inputs, rows) {
      const program = await open(rows);
      try {
        return await program.run(inputs, rows);
      } catch (cause) {
        throw new OnnxRuntimeError(`on a batch of ${rows} rows`, cause);
      }
    },
    async release() {
      const opened = await Promise.allSettled(programs.values());
      programs.clear();
      for (const program of opened) if (program.status === 'fulfilled') await program.value.release();
    },
  };
}
