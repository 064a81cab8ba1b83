import { certainLead, lead } from '../core/losses.ts';
import type { Oracle, Predictions } from '../core/oracle.ts';
import { randomOf } from '../core/random.ts';
import { givesProbabilities } from './probabilities.ts';
import { share } from './share.ts';

/** What a few examples tell of a model before it is attacked. */
export interface FirstLook {
  /** What it gives for logits are distributions. */
  readonly probabilities: boolean;
  /** Share of the examples of which it is so certain that float32 holds nothing of their cross-entropy's gradient. */
  readonly certain: number;
  /** Asked twice about the same examples, it says the same. */
  readonly steady: boolean;
}

/** Asks about these points [rows, size]. */
export async function firstLook(oracle: Oracle, points: Float32Array): Promise<FirstLook> {
  const [once, again] = [await rowsOf(oracle, points, 0), await rowsOf(oracle, points, 1)];
  return {
    probabilities: await givesProbabilities(oracle, points),
    certain: share(once.filter(isCertain).length, once.length),
    steady: once.every((logits, row) => isSame(logits, again[row] as Float32Array)),
  };
}

/** The logits of each point, by the model's random numbers of one pass, if it draws any. */
async function rowsOf(oracle: Oracle, points: Float32Array, pass: number): Promise<Float32Array[]> {
  const { size, classes, batchSize } = oracle;
  const rows: Float32Array[] = [];
  for (let start = 0; start < points.length; start += batchSize * size) {
    const batch = points.subarray(start, start + batchSize * size);
    const count = batch.length / size;
    const draws = Array.from({ length: count }, (_, row) => randomOf(pass, 'first look', row));
    const { logits }: Predictions = await oracle.predict(batch, count, draws);
    for (let row = 0; row < count; row++) rows.push(logits.slice(row * classes, (row + 1) * classes));
  }
  return rows;
}

function isCertain(logits: Float32Array): boolean {
  return logits.every(Number.isFinite) && lead(logits.indexOf(Math.max(...logits)), logits) > certainLead;
}

/** A difference between two answers to the same question that is no rounding, over the largest logit. */
const chance = 1e-4;

function isSame(one: Float32Array, other: Float32Array): boolean {
  const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return one.every((value, k) => value === other[k] || Math.abs(value - (other[k] as number)) <= chance * largest);
}
