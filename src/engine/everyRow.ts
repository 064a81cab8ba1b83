import { encodeLoss, lossRows, type Loss } from '../core/losses.ts';
import type { Oracle } from '../core/oracle.ts';

/** Row `row` of a row-major matrix. */
export const rowOf = (values: Float32Array, row: number, width: number): Float32Array =>
  values.subarray(row * width, (row + 1) * width);

/** The logits [count, classes] of any number of points, batch after batch. */
export async function predictEvery(
  oracle: Pick<Oracle, 'predict' | 'batchSize' | 'size' | 'classes'>,
  points: Float32Array,
  count: number,
): Promise<Float32Array> {
  const { size, classes, batchSize } = oracle;
  const all = new Float32Array(count * classes);
  for (let row = 0; row < count; row += batchSize) {
    const rows = Math.min(batchSize, count - row);
    const { logits } = await oracle.predict(points.subarray(row * size, (row + rows) * size), rows);
    all.set(logits, row * classes);
  }
  return all;
}

/** The gradients of any number of points, each of its own loss. */
export async function gradientEvery(oracle: Oracle, points: Float32Array, losses: readonly Loss[]) {
  const { size, classes, batchSize } = oracle;
  const count = losses.length;
  const all = {
    logits: new Float32Array(count * classes),
    loss: new Float32Array(count),
    gradient: new Float32Array(count * size),
  };
  for (let row = 0; row < count; row += batchSize) {
    const batch = losses.slice(row, row + batchSize);
    const encoded = lossRows(batch.length, classes);
    for (const [at, loss] of batch.entries()) encodeLoss(loss, encoded, at, classes);
    const answer = await oracle.gradient(
      points.subarray(row * size, (row + batch.length) * size),
      encoded,
      batch.length,
    );
    all.logits.set(answer.logits, row * classes);
    all.loss.set(answer.loss, row);
    all.gradient.set(answer.gradient, row * size);
  }
  return all;
}
