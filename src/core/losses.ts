/**
 * What an attack ascends, per row, over the logits z of that row. All are piecewise smooth, first order only.
 * - crossEntropy(q): −Σ q_k log softmax(z)_k. With q = onehot(y) it is cross-entropy; a distribution gives label
 *   smoothing or TRADES' KL; negative weights descend (a targeted attack uses −onehot(t)).
 * - linear(w): Σ w_k z_k: a logit difference or any row of the Jacobian.
 * - margin(y): max_{k≠y} z_k − z_y.
 * - dlr(y): −(z_y − max_{k≠y} z_k) / (z₍₁₎ − z₍₃₎ + 1e-12), arXiv:2003.01690. Needs 3 classes.
 * - targetedDlr([y, t]): −(z_y − z_t) / (z₍₁₎ − ½(z₍₃₎ + z₍₄₎) + 1e-12), arXiv:2003.01690. Needs 4 classes.
 */
export type Loss =
  | { readonly crossEntropy: ArrayLike<number> }
  | { readonly linear: ArrayLike<number> }
  | { readonly margin: number }
  | { readonly dlr: number }
  | { readonly targetedDlr: readonly [y: number, target: number] };

/** Values of the loss selector, one per row. The compiled graph compares against these. */
export const lossKind = { crossEntropy: 0, linear: 1, margin: 2, dlr: 3, targetedDlr: 4 } as const;

/**
 * The losses of a batch as the compiled graph takes them: a selector per row and two [classes] vectors per row.
 * `a` holds q, w or onehot(y); `b` holds onehot(t) for targetedDlr and is zero otherwise.
 */
export interface LossRows {
  /** [rows] */
  readonly kind: Float32Array;
  /** [rows, classes] */
  readonly a: Float32Array;
  /** [rows, classes] */
  readonly b: Float32Array;
}

/** Room for the losses of a batch. */
export function lossRows(rows: number, classes: number): LossRows {
  return {
    kind: new Float32Array(rows),
    a: new Float32Array(rows * classes),
    b: new Float32Array(rows * classes),
  };
}

/** Writes one row's loss. Throws when it does not fit the number of classes. */
export function encodeLoss(loss: Loss, rows: LossRows, row: number, classes: number): void {
  const start = row * classes;
  rows.b.fill(0, start, start + classes);
  if ('crossEntropy' in loss) {
    rows.kind[row] = lossKind.crossEntropy;
    setRow(rows.a, start, classes, loss.crossEntropy);
  } else if ('linear' in loss) {
    rows.kind[row] = lossKind.linear;
    setRow(rows.a, start, classes, loss.linear);
  } else if ('margin' in loss) {
    rows.kind[row] = lossKind.margin;
    setHot(rows.a, start, classes, loss.margin);
  } else if ('dlr' in loss) {
    rows.kind[row] = lossKind.dlr;
    setHot(rows.a, start, classes, loss.dlr);
  } else {
    const [y, target] = loss.targetedDlr;
    rows.kind[row] = lossKind.targetedDlr;
    setHot(rows.a, start, classes, y);
    setHot(rows.b, start, classes, target);
  }
}

function setRow(vector: Float32Array, start: number, classes: number, values: ArrayLike<number>): void {
  if (values.length !== classes) throw new Error(`a loss has ${values.length} weights: expected one for each of ${classes} classes`);
  vector.set(values, start);
}

function setHot(vector: Float32Array, start: number, classes: number, hot: number): void {
  if (!(hot >= 0 && hot < classes)) throw new Error(`a loss names class ${hot}: expected 0 to ${classes - 1}`);
  vector.fill(0, start, start + classes);
  vector[start + hot] = 1;
}

/** A loss and its derivative by the logits. */
export interface LossValue {
  readonly loss: number;
  /** [classes] */
  readonly cotangent: Float64Array;
}

/** The reference of the compiled graph's loss head, in float64. Throws at a logit that is not finite. */
export function evaluateLoss(loss: Loss, logits: ArrayLike<number>): LossValue {
  const z = Float64Array.from(logits);
  if (!z.every(Number.isFinite)) throw notFinite(logits);
  if ('crossEntropy' in loss) return crossEntropy(loss.crossEntropy, z);
  if ('linear' in loss) return linear(loss.linear, z);
  if ('margin' in loss) return margin(loss.margin, z);
  if ('dlr' in loss) return dlr(loss.dlr, z);
  return targetedDlr(...loss.targetedDlr, z);
}

/**
 * Where the runner-up's logit is further behind than this, cross-entropy's derivative takes all but the top class to be
 * that much closer: float32 would hold nothing of e⁻⁹⁰, and an attack that follows a gradient of 0 makes a model of large
 * logits look robust. The direction stays, the length is all that changes: a term of another class that does not vanish
 * is some e⁵⁰ times larger, and does not notice.
 */
export const certainLead = 50;

/**
 * Σ_k q_k (log Σ_j exp z_j − z_k). Its derivative p_k Σ_j q_j − q_k is written p_k Σ_{j≠k} q_j − q_k Σ_{j≠k} p_j: at
 * the label of a certain example p_y − 1 would have lost its digits.
 */
function crossEntropy(q: ArrayLike<number>, z: Float64Array): LossValue {
  const top = argmax(z);
  const shifted = z.map((value) => value - (z[top] as number));
  const sumOfOthers = (powers: Float64Array) => powers.reduce((sum, power, k) => (k === top ? sum : sum + power), 0);
  const logSum = Math.log1p(sumOfOthers(shifted.map(Math.exp)));
  const total = z.reduce((sum, _, k) => sum + (q[k] as number), 0);
  const loss = shifted.reduce((sum, value, k) => sum + (q[k] as number) * (logSum - value), 0);
  const lift = Math.max(0, lead(top, z) - certainLead);
  const powers = shifted.map((value, k) => (k === top ? 1 : Math.exp(value + lift)));
  const others = sumOfOthers(powers);
  const cotangent = powers.map((power, k) => {
    const [qk, p] = [q[k] as number, power / (1 + others)];
    return p * (total - qk) - qk * (k === top ? others / (1 + others) : 1 - p);
  });
  return { loss, cotangent };
}

function linear(w: ArrayLike<number>, z: Float64Array): LossValue {
  const cotangent = Float64Array.from(w);
  return { loss: z.reduce((sum, value, k) => sum + value * (cotangent[k] as number), 0), cotangent };
}

function margin(y: number, z: Float64Array): LossValue {
  const other = argmax(z, y);
  const cotangent = new Float64Array(z.length);
  cotangent[other] = 1;
  cotangent[y] = -1;
  return { loss: (z[other] as number) - (z[y] as number), cotangent };
}

function dlr(y: number, z: Float64Array): LossValue {
  const [first, , third] = ranks(z);
  const difference = margin(y, z);
  const scale = new Float64Array(z.length);
  add(scale, first, 1);
  add(scale, third, -1);
  return quotient(difference, scale, z);
}

function targetedDlr(y: number, target: number, z: Float64Array): LossValue {
  const [first, , third, fourth] = ranks(z);
  const difference = new Float64Array(z.length);
  add(difference, target, 1);
  add(difference, y, -1);
  const scale = new Float64Array(z.length);
  add(scale, first, 1);
  add(scale, third, -0.5);
  add(scale, fourth, -0.5);
  return quotient(linear(difference, z), scale, z);
}

/** upper / (scale · z + 1e-12), by the quotient rule. */
function quotient(upper: LossValue, scale: Float64Array, z: Float64Array): LossValue {
  const lower = linear(scale, z).loss + 1e-12;
  const loss = upper.loss / lower;
  return { loss, cotangent: upper.cotangent.map((value, k) => (value - loss * (scale[k] as number)) / lower) };
}

/** z_k less the greatest other logit: how clearly k is predicted; 0 for a tie. Throws at a logit that is not finite. */
export function lead(k: number, logits: ArrayLike<number>): number {
  let other = -Infinity;
  for (let j = 0; j < logits.length; j++) {
    const value = logits[j] as number;
    if (!Number.isFinite(value)) throw notFinite(logits);
    if (j !== k && value > other) other = value;
  }
  return (logits[k] as number) - other;
}

function notFinite(logits: ArrayLike<number>): Error {
  return new Error(`the model's logits are not finite: ${Array.from(logits).join(', ')}`);
}

/** The first position of the greatest value; `skip` does not count. */
function argmax(z: ArrayLike<number>, skip = -1): number {
  let best = skip === 0 ? 1 : 0;
  for (let k = best + 1; k < z.length; k++) if (k !== skip && (z[k] as number) > (z[best] as number)) best = k;
  return best;
}

/** Positions by falling value; the lower position first among equals. */
function ranks(z: Float64Array): readonly number[] {
  return Array.from(z, (_, k) => k).sort((a, b) => (z[b] as number) - (z[a] as number) || a - b);
}

function add(vector: Float64Array, position: number | undefined, value: number): void {
  if (position === undefined) throw new Error(`this loss needs more than ${vector.length} classes`);
  vector[position] = (vector[position] as number) + value;
}
