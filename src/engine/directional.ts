import type { Oracle } from '../core/oracle.ts';
import type { Random } from '../core/random.ts';
import { gradientEvery, predictEvery, rowOf } from './everyRow.ts';
import { median } from './median.ts';

/** One example, the combination of logits that is differentiated there, and its gradient as the oracle has it. */
interface Row {
  readonly x: Float32Array;
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  /** √Σ (w_k z_k)²: what the rounding of the combination is proportional to. */
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
  /** |median over rows of measured / predicted − 1|, along the gradient and random halves of it: the largest. */
  readonly gradient: number;
  /** The median of |measured / predicted − 1| itself: what is wrong in one way here and in another there. */
  readonly spread: number;
  /** Median over rows of |measured − predicted| in a random direction, over the rise typical there. */
  readonly elsewhere: number;
}

/** Steps along the gradient, in rise over scale: short ones drown in rounding, long ones cross kinks. */
const rises = [0.03, 0.01, 0.003, 0.001] as const;
const halves = 2;

/**
 * Compares the gradient at [count, size] points with central differences of the logits. Each row differentiates its
 * own random combination of logits, which no saturated softmax flattens. Medians, because kinks inside a step spoil
 * some rows of a sound net, and because rounding cancels in them where an error of the gradient does not.
 */
export async function directionalErrors(
  oracle: Oracle,
  points: Float32Array,
  count: number,
  random: Random,
): Promise<DirectionalErrors> {
  const rows = await rowsAt(oracle, points, count, random);
  const along = await alongGradient(oracle, rows);
  const towards = (vector: (gradient: Float32Array) => Float32Array, stretch = 1): Step[] =>
    along.map(({ row, length }) => ({ row, direction: unit(vector(row.gradient)), length: length * stretch }));
  const half = (gradient: Float32Array): Float32Array => gradient.map((g) => (random.uniform() < 0.5 ? g : 0));
  const parts = Array.from({ length: halves }, () => towards(half));
  // A random direction rises by 1/√size as much: a longer step keeps that above the rounding.
  const elsewhere = towards((gradient) => gradient.map(() => random.normal()), oracle.size ** 0.125);
  const found = await risesOf(oracle, [...parts.flat(), ...elsewhere]);
  const quotients = [
    along.map((step) => step.quotient),
    ...parts.map((_, part) => found.slice(part * count, (part + 1) * count).map(quotient)),
  ];
  const errors = found
    .slice(halves * count)
    .map(({ measured, predicted }, i) => Math.abs(measured - predicted) / typical(elsewhere[i] as Step));
  return {
    gradient: Math.max(...quotients.map((each) => Math.abs(median(each) - 1))),
    spread: Math.max(...quotients.map((each) => median(each.map((q) => Math.abs(q - 1))))),
    elsewhere: median(errors),
  };
}

async function rowsAt(oracle: Oracle, points: Float32Array, count: number, random: Random): Promise<Row[]> {
  const { size, classes } = oracle;
  const combinations = Array.from({ length: count }, () =>
    Float32Array.from({ length: classes }, () => random.normal()),
  );
  const { logits, gradient } = await gradientEvery(
    oracle,
    points,
    combinations.map((linear) => ({ linear })),
  );
  return combinations.map((weights, row) => ({
    x: rowOf(points, row, size),
    weights,
    gradient: rowOf(gradient, row, size),
    scale: norm(rowOf(logits, row, classes).map((z, k) => z * (weights[k] as number))),
  }));
}

/** Per row, the step along the gradient at which neighbouring lengths agree best, whatever they say. */
async function alongGradient(oracle: Oracle, rows: readonly Row[]): Promise<(Step & { readonly quotient: number })[]> {
  const steps = rises.flatMap((rise) =>
    rows.map((row): Step => {
      const slope = norm(row.gradient);
      return { row, direction: unit(row.gradient), length: slope > 0 ? (rise * row.scale) / (2 * slope) : flatStep };
    }),
  );
  const found = await risesOf(oracle, steps);
  return rows.map((_, i) => {
    const at = rises.map((_, rise) => rise * rows.length + i);
    const quotients = at.map((k) => quotient(found[k] as Rise));
    const gaps = quotients.slice(1).map((shorter, k) => Math.abs(shorter - (quotients[k] as number)));
    const best = 1 + Math.max(0, gaps.indexOf(Math.min(...gaps)));
    return { ...(steps[at[best] as number] as Step), quotient: quotients[best] as number };
  });
}

/** Where the gradient is 0 it gives no hint of a length. */
const flatStep = 1e-3;

async function risesOf(oracle: Oracle, steps: readonly Step[]): Promise<Rise[]> {
  const { size, classes } = oracle;
  const points = new Float32Array(2 * steps.length * size);
  for (const [i, { row, direction, length }] of steps.entries()) {
    points.set(
      row.x.map((x, k) => x + length * (direction[k] as number)),
      2 * i * size,
    );
    points.set(
      row.x.map((x, k) => x - length * (direction[k] as number)),
      (2 * i + 1) * size,
    );
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

/** The rise over a step in a random direction, were the gradient spread evenly. */
const typical = ({ row: { gradient }, length }: Step): number =>
  (2 * length * norm(gradient)) / Math.sqrt(gradient.length) || Number.MIN_VALUE;

const norm = (vector: Float32Array): number => {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
};

const unit = (vector: Float32Array): Float64Array => {
  const length = norm(vector) || 1;
  return Float64Array.from(vector, (value) => value / length);
};
