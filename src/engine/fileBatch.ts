import { sizeOf } from '../graph/broadcast.ts';
import type { OnnxInput } from '../graph/model.ts';

/** Examples [n, H, W, C] as the file wants them: preprocessed, channels where they belong, filled with zeros to `rows`. */
export function fileBatch({ channelsFirst, affine }: OnnxInput, inputShape: readonly number[], points: Float32Array, rows: number): Float32Array {
  const size = sizeOf(inputShape);
  const channels = inputShape.at(-1) ?? 1;
  const pixels = size / channels;
  const gain = Float32Array.from(affine?.gain ?? new Array<number>(channels).fill(1));
  const shift = Float32Array.from(affine?.shift ?? new Array<number>(channels).fill(0));
  const batch = new Float32Array(rows * size);
  for (let i = 0; i < points.length; i++) {
    const channel = i % channels;
    const within = i % size;
    const to = channelsFirst ? i - within + channel * pixels + (within - channel) / channels : i;
    // Rounded to float32 where a graph would be.
    batch[to] = Math.fround((points[i] as number) * (gain[channel] as number)) + (shift[channel] as number);
  }
  return batch;
}
