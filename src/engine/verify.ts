import type { Bounds } from '../core/bounds.ts';
import { UserError } from '../core/errors.ts';
import { evaluateLoss, type Loss } from '../core/losses.ts';
import type { Oracle } from '../core/oracle.ts';
import type { Random } from '../core/random.ts';
import { directionalErrors, type DirectionalErrors } from './directional.ts';
import { gradientEvery, predictEvery, rowOf } from './everyRow.ts';
import { median } from './median.ts';
import { largest, largestDifference, relativeError } from './relativeError.ts';

/** The compiled graph and its reference disagree: it must not be used. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
  readonly figure: Figure;
  constructor(figure: Figure, measured: number, limit: number) {
    super(`${subjects[figure]}: relative error ${measured.toExponential(1)}, at most ${limit} expected`);
    this.figure = figure;
  }
}

/** What verification measured, relative unless it says otherwise. */
export interface Verification extends DirectionalErrors {
  /** Largest difference of a logit from the reference, over the largest |logit| of its row. */
  readonly logits: number;
  /** The same, absolute. */
  readonly logitError: number;
  /** Largest difference of the loss head's values and gradients from their float64 formulas. */
  readonly losses: number;
  /** Straight-through gradients: 1 less the cosine between them and the float path's, whose gradient is the other figures'. */
  readonly deviation?: number;
}

type Figure = 'logits' | 'losses' | 'sizes' | 'gradient' | 'spread' | 'elsewhere' | 'deviation';

/**
 * What rounding and kinks leave, from small nets to ResNet-20 and MobileNetV2 with random weights: 0.4e-6 to 2e-6,
 * 0.3e-6 to 5e-6, 0 to 1e-6, 0.00005 to 0.001, 0.0002 to 0.0015, 0.002 to 0.04. A 1 % error of one VJP rule shows in
 * full in the fourth.
 */
const limits: Readonly<Record<Figure, number>> = {
  logits: 1e-3,
  losses: 1e-3,
  sizes: 1e-3,
  gradient: 0.004,
  spread: 0.03,
  elsewhere: 0.15,
  deviation: 0.5,
};

const subjects: Readonly<Record<Figure, string>> = {
  logits: 'logits against the original model',
  losses: 'losses against their formulas',
  sizes: 'gradients of smaller batches against those of the largest',
  gradient: 'gradient against central differences',
  spread: 'gradient against central differences, row by row',
  elsewhere: 'gradient against central differences in random directions',
  deviation: "straight-through gradient against the float path's",
};

/** The model as its own framework runs it. */
interface Original extends Pick<Oracle, 'predict' | 'batchSize' | 'size' | 'classes'> {
  /** It computes in floats of 16 bits. */
  readonly halves?: boolean;
}

/** A float of 16 bits has 11 binary digits, and a net loses a few of them on the way; ours computes with 24. */
const halvesLimit = 0.03;

/**
 * Compares a compiled model with a reference at [count, size] points: the logits with the reference's own, the loss
 * head with float64 formulas, the gradient with central differences of the logits just verified. Where the gradient is a
 * straight-through estimate, `floatPath` is what it stands for, and is compared with central differences of its own.
 */
export async function verify(
  oracle: Oracle,
  reference: Original,
  points: Float32Array,
  count: number,
  random: Random,
  floatPath?: Oracle,
): Promise<Verification> {
  const ours = await predictEvery(oracle, points, count);
  const theirs = await predictEvery(reference, points, count);
  checkFinite(theirs);
  const rows = Array.from({ length: count }, (_, row) => row);
  const perRow = rows.map((row) => relativeError(rowOf(theirs, row, oracle.classes), rowOf(ours, row, oracle.classes)));
  check('logits', Math.max(...perRow), reference.halves ? halvesLimit : limits.logits);
  const losses = await lossHeadError(oracle, points, ours, random);
  check('losses', losses);
  check('sizes', await batchSizesError(oracle, points, rows));
  const directional = await verifyGradient(floatPath ?? oracle, points, count, random);
  const deviation = floatPath && (await deviationOf(oracle, floatPath, points, rows));
  if (deviation !== undefined) check('deviation', deviation);
  return { logits: Math.max(...perRow), logitError: largestDifference(ours, theirs), losses, ...directional, ...(deviation !== undefined && { deviation }) };
}

/** Compares the gradient at [count, size] points with central differences of the oracle's own logits. */
export async function verifyGradient(
  oracle: Oracle,
  points: Float32Array,
  count: number,
  random: Random,
): Promise<DirectionalErrors> {
  checkFinite(await predictEvery(oracle, points, count));
  const directional = await directionalErrors(oracle, points, count, random);
  for (const figure of ['gradient', 'spread', 'elsewhere'] as const) check(figure, directional[figure]);
  return directional;
}

function checkFinite(logits: Float32Array): void {
  if (!logits.every(Number.isFinite))
    throw new UserError('the model gives logits that are not finite for examples within bounds');
}

function check(figure: Figure, measured: number, limit = limits[figure]): void {
  // Written so that NaN fails.
  if (measured <= limit) return;
  throw new VerificationError(figure, measured, limit);
}

/**
 * The loss head's values against evaluateLoss; its gradients against those of the linear loss of evaluateLoss's
 * cotangent, which is the same gradient by another way through the head. The kinds take turns over the rows.
 */
async function lossHeadError(
  oracle: Oracle,
  points: Float32Array,
  logits: Float32Array,
  random: Random,
): Promise<number> {
  const { size, classes } = oracle;
  const kinds = lossKinds.filter(({ minimum }) => classes >= minimum);
  const losses = Array.from({ length: logits.length / classes }, (_, row) =>
    (kinds[row % kinds.length] as (typeof kinds)[number]).make(rowOf(logits, row, classes), random),
  );
  const given = await gradientEvery(oracle, points, losses);
  const expected = losses.map((loss, row) => evaluateLoss(loss, rowOf(given.logits, row, classes)));
  const linear = await gradientEvery(
    oracle,
    points,
    expected.map(({ cotangent }) => ({ linear: cotangent })),
  );
  const errors = expected.flatMap(({ loss, cotangent }, row) => [
    Math.abs((given.loss[row] as number) - loss) / Math.max(1, largest(rowOf(given.logits, row, classes))),
    largest(cotangent) < nearlyFlat || largest(rowOf(linear.gradient, row, size)) < cancelled * largest(cotangent)
      ? 0
      : relativeError(rowOf(linear.gradient, row, size), rowOf(given.gradient, row, size)),
  ]);
  return Math.max(...errors);
}

/**
 * The graph of each smaller batch size against the largest one's, which is what all else is verified on: the median
 * over rows, as rounding may flip a ReLU, which spoils a sound row.
 */
async function batchSizesError(oracle: Oracle, points: Float32Array, rows: readonly number[]): Promise<number> {
  const { size, classes, batchSizes = [] } = oracle;
  const losses = rows.map((row) => combination(row, classes));
  const { gradient } = await gradientEvery(oracle, points, losses);
  const errors: number[] = [];
  for (const batchSize of batchSizes.slice(1)) {
    const smaller = await gradientEvery({ ...oracle, batchSize }, points, losses);
    errors.push(median(rows.map((row) => relativeError(rowOf(gradient, row, size), rowOf(smaller.gradient, row, size)))));
  }
  return Math.max(0, ...errors);
}

/** A loss of each row's own, along which gradients are compared. */
const combination = (row: number, classes: number): Loss => ({ linear: Float32Array.from({ length: classes }, (_, k) => Math.cos(row + k)) });

/** 1 − cosine of two gradients of the same losses: the median over rows. A row without a gradient has a cosine of 0. */
async function deviationOf(oracle: Oracle, floatPath: Oracle, points: Float32Array, rows: readonly number[]): Promise<number> {
  const losses = rows.map((row) => combination(row, oracle.classes));
  const ours = (await gradientEvery(oracle, points, losses)).gradient;
  const theirs = (await gradientEvery(floatPath, points, losses)).gradient;
  return median(rows.map((row) => 1 - cosine(rowOf(ours, row, oracle.size), rowOf(theirs, row, oracle.size))));
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (p: Float32Array, q: Float32Array): number => p.reduce((sum, value, i) => sum + value * (q[i] as number), 0);
  return dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);
}

/** A certain example's cross-entropy: float32 has no digits left there. */
const nearlyFlat = 1e-30;
/** Where the parts of a loss cancel in a gradient, as a ratio's do on logits that are 0 but for one, rounding is left. */
const cancelled = 1e-9;

/** One loss of each kind. The ratios are of the leading classes: of the third, the DLR is constant. */
const lossKinds: readonly { readonly minimum: number; make(z: Float32Array, random: Random): Loss }[] = [
  { minimum: 2, make: (z, random) => ({ crossEntropy: onehot(random.integer(z.length), z.length) }) },
  { minimum: 2, make: (z, random) => ({ linear: z.map(() => random.normal()) }) },
  { minimum: 2, make: (z, random) => ({ margin: random.integer(z.length) }) },
  { minimum: 3, make: (z, random) => ({ dlr: ranks(z)[random.integer(2)] as number }) },
  { minimum: 4, make: (z) => ({ targetedDlr: ranks(z).slice(0, 2) as [number, number] }) },
];

/** Classes by logit, the largest first. */
const ranks = (z: Float32Array): number[] => Array.from(z.keys()).sort((a, b) => (z[b] as number) - (z[a] as number));
const onehot = (hot: number, classes: number): Float32Array => new Float32Array(classes).fill(1, hot, hot + 1);

/** What a model is verified on: the first data rows, made slightly uneven, then as many uniform ones in bounds. */
export function probePoints(
  data: Float32Array,
  size: number,
  bounds: Bounds,
  random: Random,
  rows = 8,
): { points: Float32Array; count: number } {
  const own = Math.min(rows, Math.floor(data.length / size));
  const points = new Float32Array((own + rows) * size);
  const at = (bound: number | Float32Array, i: number): number =>
    typeof bound === 'number' ? bound : (bound[i] as number);
  for (let i = 0; i < points.length; i++) {
    const [lower, upper] = [at(bounds.lower, i % size), at(bounds.upper, i % size)];
    const uniform = lower + (upper - lower) * random.uniform();
    points[i] = i < own * size ? (data[i] as number) + unevenness * (uniform - (data[i] as number)) : uniform;
  }
  return { points, count: own + rows };
}

/**
 * How far data rows go towards uniform ones. Where an image is flat, max-pools tie and ReLUs sit on their kink: there is
 * no derivative for central differences to find, however short the step. InceptionV3 was 2 to 7 % off on pictures with a
 * black background and agrees within 0.2 % where they are uneven; a small net on a black picture was 27 % off.
 */
const unevenness = 0.01;
