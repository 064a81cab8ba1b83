import type { TfjsModel } from '../../graph/model.ts';
import { tensorflow } from './backends.ts';

const most = 128;
const budget = 128 * 2 ** 20;

/**
 * As many rows, a power of two up to 128, as keep a forward pass within 128 MiB, on the current backend: TF.js holds
 * every value of a pass until its end. Measured on what a second row adds.
 */
export async function affordableRows({ eager, inputShape }: TfjsModel): Promise<number> {
  const tf = await tensorflow();
  const pass = (rows: number): void => tf.tidy(() => void eager(tf.zeros([rows, ...inputShape])));
  // A kernel that throws while it is profiled also rejects a promise that nobody holds, which ends the process.
  pass(2);
  const peak = async (rows: number): Promise<number> => (await tf.profile(() => pass(rows))).peakBytes;
  const rows = budget / ((await peak(2)) - (await peak(1)));
  return Math.min(most, 2 ** Math.max(0, Math.floor(Math.log2(rows))));
}
