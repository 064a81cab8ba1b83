import { lossKind, lossRows, type LossRows } from '../core/losses.ts';
import type { Oracle } from '../core/oracle.ts';
import { randomOf } from '../core/random.ts';
import { rowOf } from './everyRow.ts';
import { relativeError } from './relativeError.ts';

/** Whether a row's answer depends on its neighbours: not at all, in the last digits, or for real. */
export type RowIndependence = 'exact' | 'rounding' | 'coupled';

/** Above this share of the largest value a difference is no rounding. */
const roundingLimit = 1e-4;

/**
 * Asks for the same rows in other company - alone, reversed among themselves, and among other neighbours at the full
 * batch - and compares the answers. `points` [count, size] are different examples, each with random numbers of its own.
 */
export async function probeRows(oracle: Oracle, points: Float32Array, count: number): Promise<RowIndependence> {
  const rows = Math.min(count, oracle.batchSize);
  const inOrder = order(rows, (row) => row);
  const companies = [inOrder.toReversed(), [0], order(oracle.batchSize, (at) => (at * 7 + 3) % rows)];
  const straight = await answer(oracle, points, inOrder);
  let worst: Difference = { logits: 0, gradient: 0 };
  for (const company of companies) {
    const other = await answer(oracle, points, company);
    for (const [at, row] of company.entries()) worst = larger(worst, difference(straight[row], other[at]));
  }
  if (worst.logits > roundingLimit) return 'coupled';
  // A last digit can flip a ReLU, which changes a gradient by more than digits: the logits decide what is coupled.
  return worst.logits === 0 && worst.gradient === 0 ? 'exact' : 'rounding';
}

const order = (length: number, row: (at: number) => number): number[] => Array.from({ length }, (_, at) => row(at));

/** What the oracle says of one row. */
interface Answer {
  readonly logits: Float32Array;
  /** Empty where there is none. */
  readonly gradient: Float32Array;
}

async function answer(oracle: Oracle, points: Float32Array, company: readonly number[]): Promise<readonly Answer[]> {
  const { size, classes } = oracle;
  const batch = new Float32Array(company.length * size);
  for (const [at, row] of company.entries()) batch.set(rowOf(points, row, size), at * size);
  const draws = company.map((row) => randomOf(0, 'rows', row));
  const logits = (await oracle.predict(batch, company.length, draws)).logits.slice();
  const gradient = oracle.differentiable
    ? (await oracle.gradient(batch, lossesOf(company, classes), company.length, draws)).gradient
    : new Float32Array();
  return company.map((_, at) => ({
    logits: rowOf(logits, at, classes),
    gradient: rowOf(gradient, at, size).slice(),
  }));
}

/** A logit difference that depends on the row alone. */
function lossesOf(company: readonly number[], classes: number): LossRows {
  const losses = lossRows(company.length, classes);
  losses.kind.fill(lossKind.linear);
  for (const [at, row] of company.entries()) {
    losses.a[at * classes + (row % classes)] = 1;
    losses.a[at * classes + ((row + 1) % classes)] = -1;
  }
  return losses;
}

/** Each relative to the answer's largest value. */
type Difference = Readonly<Record<keyof Answer, number>>;

function difference(a: Answer | undefined, b: Answer | undefined): Difference {
  if (!a || !b) throw new Error('a row without an answer');
  return { logits: relativeError(a.logits, b.logits), gradient: relativeError(a.gradient, b.gradient) };
}

const larger = (a: Difference, b: Difference): Difference => ({
  logits: Math.max(a.logits, b.logits),
  gradient: Math.max(a.gradient, b.gradient),
});
