import type { SavedModel } from '../../graph/model.ts';
import { tensorflow } from './backends.ts';

const most = 128;
const budget = 128 * 2 ** 20;

/**
 * As many rows, a power of two up to 128, as keep a forward pass within 128 MiB, on the current backend: TF.js holds
 * every value of a pass until its end. Measured on one row.
 */
export async function affordableRows({ eager, inputShape }: SavedModel): Promise<number> {
  const tf = await tensorflow();
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() => tf.tidy(() => void eager(tf.zeros([1, ...inputShape]))));
  const rows = budget / (peakBytes - before);
  return Math.min(most, 2 ** Math.max(0, Math.floor(Math.log2(rows))));
}
