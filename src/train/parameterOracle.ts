import type { Oracle } from '../core/oracle.ts';
import { evaluate } from '../engine/evaluate.ts';
import { lower } from '../engine/lower.ts';
import { NoiseFeeds, noiseOf } from '../engine/noise.ts';
import { openProgram } from '../engine/program.ts';
import { OnnxRuntimeError, type SessionOptions } from '../engine/session.ts';
import { sizeOf } from '../graph/broadcast.ts';
import { forwardGraph, gradientGraph } from '../graph/prepare.ts';
import { parametersOf, type Trainable, type Values } from '../graph/trainable.ts';

/** What an oracle of changing weights is made for. */
export interface ParameterOracleOptions extends SessionOptions {
  /** Of one example, without the batch. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly rows: number;
}

/**
 * A model in inference mode while it learns: its parameters are inputs of the graphs, read anew for every batch. No
 * session has to be made when they change.
 */
export async function openParameterOracle(trainable: Trainable, values: () => Values, { inputShape, classes, rows, threads }: ParameterOracleOptions): Promise<Oracle> {
  const traced = await trainable.trace(rows, 'inference');
  const [noise, parameters] = [noiseOf(traced), parametersOf(traced)];
  const forward = await openProgram<'logits'>(lower(await forwardGraph(traced, evaluate)), { threads });
  const gradient = await openProgram<'logits' | 'loss' | 'gradient'>(lower(await gradientGraph(traced, evaluate)), { threads });
  const random = new NoiseFeeds(noise);
  const size = sizeOf(inputShape);
  const weights = (): Record<string, Float32Array> => {
    const current = values();
    return Object.fromEntries(parameters.map(({ name, value }) => [value.node.name, current.get(name) as Float32Array]));
  };
  const failed = (cause: unknown): never => {
    throw new OnnxRuntimeError('on a batch of a model in training', cause);
  };
  return {
    inputShape,
    size,
    classes,
    batchSize: rows,
    differentiable: true,
    logitError: 0,
    ...(noise.length > 0 && { random: true }),
    async predict(points, used, draws) {
      const { logits } = await forward.run({ x: points, ...weights(), ...random.of(used, draws) }, used).catch(failed);
      return { logits: logits.subarray(0, used * classes) };
    },
    async gradient(points, { kind, a, b }, used, draws) {
      const feeds = { x: points, lossKind: kind, lossA: a, lossB: b, ...weights(), ...random.of(used, draws) };
      const answer = await gradient.run(feeds, used).catch(failed);
      return {
        logits: answer.logits.subarray(0, used * classes),
        loss: answer.loss.subarray(0, used),
        gradient: answer.gradient.subarray(0, used * size),
      };
    },
    async close() {
      await Promise.all([forward.release(), gradient.release()]);
    },
  };
}
