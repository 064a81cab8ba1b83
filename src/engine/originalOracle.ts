import type { Oracle } from '../core/oracle.ts';
import { sizeOf } from '../graph/broadcast.ts';
import type { OnnxModel, OnnxOriginal } from '../graph/model.ts';
import type { Random } from '../core/random.ts';
import { fileBatch } from './fileBatch.ts';
import { NoiseFeeds, type NoiseInput } from './noise.ts';
import { OnnxRuntimeError, openSession, runtime, type SessionOptions } from './session.ts';

/** An ONNX file as a worker thread can open it: plain data. */
export interface OriginalModel {
  /** Shape of one example, without the batch. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly onnx: OnnxOriginal;
  /** Largest number of rows that are asked about at once. */
  readonly batchSize: number;
  /** The random numbers that it draws: given to it. Where they are not known, it draws its own. */
  readonly noise?: readonly NoiseInput[];
}

export function originalModel({ inputShape, classes, onnx }: OnnxModel, batchSize = affordable(onnx), noise: readonly NoiseInput[] = []): OriginalModel {
  return { inputShape, classes, onnx, batchSize, ...(noise.length > 0 && { noise }) };
}

/** The file in a plain ONNX Runtime session, as its maker would run it: predictions only. Shares nothing with our graph. */
export async function openOriginal({ inputShape, classes, onnx, batchSize, noise = [] }: OriginalModel, options: SessionOptions): Promise<Oracle> {
  const { bytes, drawn = bytes, input, output, units } = onnx;
  const { Tensor } = await runtime();
  const session = await openSession(noise.length > 0 ? drawn : bytes, options);
  const feeds = new NoiseFeeds(noise);
  const size = sizeOf(inputShape);

  /** The file's answer for `rows` examples, which go in as a whole batch. */
  const ask = async (points: Float32Array, rows: number, draws?: readonly Random[]): Promise<Float32Array> => {
    const batch = input.rows ?? rows;
    const values = fileBatch(input, inputShape, points.subarray(0, rows * size), batch);
    try {
      const numbers = feeds.of(batch, draws && padded(draws, batch));
      const given: Record<string, InstanceType<typeof Tensor>> = { [input.name]: new Tensor('float32', values, [batch, ...input.shape]) };
      for (const { name, source, shape: [first = 1, ...rest] } of noise) given[source] = new Tensor('float32', numbers[name] as Float32Array, [batch * first, ...rest]);
      const answer = await session.run(given);
      const { data } = answer[output] as { data: Float32Array };
      if (data.length !== batch * units) throw new Error(`expected ${batch * units} scores, found ${data.length}`);
      return data.subarray(0, rows * units);
    } catch (cause) {
      throw new OnnxRuntimeError(`on ${rows} rows of the original file`, cause);
    }
  };

  return {
    inputShape,
    size,
    classes,
    batchSize,
    differentiable: false,
    logitError: 0,
    ...(noise.length > 0 && { random: true }),
    async predict(points, rows, draws) {
      const together = input.rows ?? rows;
      const scores = new Float32Array(rows * units);
      for (let row = 0; row < rows; row += together) {
        const some = Math.min(together, rows - row);
        scores.set(await ask(points.subarray(row * size, (row + some) * size), some, draws?.slice(row, row + some)), row * units);
      }
      return { logits: units === 1 ? withZeros(scores) : scores };
    },
    gradient: () => Promise.reject(new Error('a file in a plain ONNX Runtime session gives no gradients')),
    close: () => session.release(),
  };
}

/** As many draws as the file takes rows: the last one again. */
const padded = (draws: readonly Random[], rows: number): Random[] => Array.from({ length: rows }, (_, row) => draws[Math.min(row, draws.length - 1)] as Random);

/** A sigmoid of z is a softmax of [0, z]. */
function withZeros(scores: Float32Array): Float32Array {
  const logits = new Float32Array(2 * scores.length);
  for (const [row, z] of scores.entries()) logits[2 * row + 1] = z;
  return logits;
}

const budget = 256 * 2 ** 20;
/** Bytes of the activations for each value of an example: what wide convolutional nets take. */
const bytesPerValue = 4 * 64;

/** A power of two up to 64 that keeps a pass within the budget, as far as the input tells. */
function affordable({ input }: OnnxOriginal): number {
  return Math.min(64, 2 ** Math.max(0, Math.floor(Math.log2(budget / (bytesPerValue * sizeOf(input.shape))))));
}
