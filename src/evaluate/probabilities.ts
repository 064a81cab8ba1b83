import type { Oracle } from '../core/oracle.ts';
import { randomOf } from '../core/random.ts';

/** True when what the oracle calls logits are distributions for all of these points [rows, size]. */
export async function givesProbabilities(oracle: Oracle, points: Float32Array): Promise<boolean> {
  const { size, classes, batchSize } = oracle;
  for (let start = 0; start < points.length; start += batchSize * size) {
    const batch = points.subarray(start, start + batchSize * size);
    const rows = batch.length / size;
    const draws = Array.from({ length: rows }, (_, row) => randomOf(0, 'probabilities', row));
    const { logits } = await oracle.predict(batch, rows, draws);
    for (let row = 0; row < rows; row++) {
      if (!isDistribution(logits.subarray(row * classes, (row + 1) * classes))) return false;
    }
  }
  return true;
}

function isDistribution(values: Float32Array): boolean {
  const sum = values.reduce((total, value) => total + value, 0);
  return Math.abs(sum - 1) < 1e-4 && values.every((value) => value >= 0 && value <= 1);
}
