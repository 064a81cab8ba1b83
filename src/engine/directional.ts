import type { Oracle } from '../core/oracle.ts';
import type { Random } from '../core/random.ts';
import { gradientEvery, predictEvery, rowOf } from './everyRow.ts';
import { median } from './relativeError.ts';

/** One example, the combination of logits that is differentiated there, and its gradient as the oracle has it. */
interface Row {
  readonly x: Float32Array;
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  /** Σ |w_k z_k|: what the rounding of the combination is proportional to. */
  readonly scale: number;
}

/** A step from a row's x, forth and back along a unit vector. */
interface Step {
  readonly row: Row;
  readonly direction: Float64Array;
  readonly length: number;
}

/** By how much the combination rises from the lower end of a step to the upper one. */
interface Rise {
  readonly measured: number;
  /** By the gradient. */
  readonly predicted: number;
}

export interface DirectionalErrors {
  /** |measured / predicted − 1| along the gradient and along random halves of it: the largest of the medians over rows. */
  readonly gradient: number;
  /** |measured − predicted| in random directions, over what the gradient typically gives there: the median over rows. */
  readonly elsewhere: number;
}

/** Steps along the gradient, in rise over scale: short ones drown in rounding, long ones cross kinks. */
const rises = [0.03, 0.01, 0.003, 0.001] as const;
const halves = 2;

/**
 * Compares the gradient at [count, size] points with central differences of the logits. Each row differentiates its
 * own random combination of logits, which no saturated softmax flattens. Medians, because a ReLU's kink inside a step
 * spoils a row or two of a sound net.
 */
export async function directionalErrors(oracle: Oracle, points: Float32Array, count: number, random: Random): Promise<DirectionalErrors> {
  const rows = await rowsAt(oracle, points, count, random);
  const along = await alongGradient(oracle, rows);
  const vectors = [
    ...Array.from({ length: halves }, () => (row: Row) => Float64Array.from(row.gradient, (g) => (random.uniform() < 0.5 ? g : 0))),
    (row: Row) => Float64Array.from(row.gradient, () => random.normal()),
  ];
  const steps = vectors.flatMap((vector) => along.map(({ row, length }): Step => ({ row, direction: unit(vector(row)), length })));
  const measured = await risesOf(oracle, steps);
  const errors = [along.map(({ error }) => error)];
  for (let half = 0; half < halves; half++) errors.push(measured.slice(half * count, (half + 1) * count).map(relative));
  const elsewhere = measured.slice(halves * count).map((rise, i) => Math.abs(rise.measured - rise.predicted) / typical(along[i] as Step));
  return { gradient: Math.max(...errors.map(median)), elsewhere: median(elsewhere) };
}

async function rowsAt(oracle: Oracle, points: Float32Array, count: number, random: Random): Promise<Row[]> {
  const { size, classes } = oracle;
  const combinations = Array.from({ length: count }, () => Float32Array.from({ length: classes }, () => random.normal()));
  const { logits, gradient } = await gradientEvery(oracle, points, combinations.map((linear) => ({ linear })));
  return combinations.map((weights, row) => ({
    x: rowOf(points, row, size),
    weights,
    gradient: rowOf(gradient, row, size),
    scale: rowOf(logits, row, classes).reduce((sum, z, k) => sum + Math.abs(z * (weights[k] as number)), 0),
  }));
}

/** Per row, the step along the gradient at which neighbouring lengths agree best - whatever they say - and its error. */
async function alongGradient(oracle: Oracle, rows: readonly Row[]): Promise<(Step & { readonly error: number })[]> {
  const steps = rises.flatMap((rise) => rows.map((row): Step => {
    const slope = norm(row.gradient);
    return { row, direction: unit(Float64Array.from(row.gradient)), length: slope > 0 ? (rise * row.scale) / (2 * slope) : flatStep };
  }));
  const found = await risesOf(oracle, steps);
  return rows.map((_, i) => {
    const at = rises.map((_, rise) => rise * rows.length + i);
    const quotients = at.map((k) => quotient(found[k] as Rise));
    const gaps = quotients.slice(1).map((shorter, k) => Math.abs(shorter - (quotients[k] as number)));
    const best = 1 + Math.max(0, gaps.indexOf(Math.min(...gaps)));
    return { ...(steps[at[best] as number] as Step), error: Math.abs((quotients[best] as number) - 1) };
  });
}

/** Where the gradient is 0 it gives no hint of a length. */
const flatStep = 1e-3;

async function risesOf(oracle: Oracle, steps: readonly Step[]): Promise<Rise[]> {
  const { size, classes } = oracle;
  const points = new Float32Array(2 * steps.length * size);
  for (const [i, { row, direction, length }] of steps.entries()) {
    points.set(row.x.map((x, k) => x + length * (direction[k] as number)), 2 * i * size);
    points.set(row.x.map((x, k) => x - length * (direction[k] as number)), (2 * i + 1) * size);
  }
  const logits = await predictEvery(oracle, points, 2 * steps.length);
  return steps.map(({ row }, i) => ({
    measured: difference(row.weights, rowOf(logits, 2 * i, classes), rowOf(logits, 2 * i + 1, classes)),
    // Over the step as float32 has it.
    predicted: difference(row.gradient, rowOf(points, 2 * i, size), rowOf(points, 2 * i + 1, size)),
  }));
}

/** w · (above − below), in float64. */
const difference = (w: Float32Array, above: Float32Array, below: Float32Array): number =>
  w.reduce((sum, value, k) => sum + value * ((above[k] as number) - (below[k] as number)), 0);

/** A flat row that is predicted flat is right. */
const quotient = ({ measured, predicted }: Rise): number => (measured === predicted ? 1 : measured / predicted);
const relative = (rise: Rise): number => Math.abs(quotient(rise) - 1);

/** The rise over a step in a random direction, were the gradient spread evenly. */
const typical = ({ row: { gradient }, length }: Step): number => (2 * length * norm(gradient)) / Math.sqrt(gradient.length) || Number.MIN_VALUE;

const norm = (vector: Float32Array | Float64Array): number => {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
};

const unit = (vector: Float64Array): Float64Array => {
  const length = norm(vector) || 1;
  return vector.map((value) => value / length);
};
