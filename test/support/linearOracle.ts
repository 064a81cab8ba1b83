import { evaluateLoss, type Loss, lossKind, type LossRows } from '../../src/core/losses.ts';
import type { Oracle } from '../../src/core/oracle.ts';

/** A linear model in float64: logits = weights · x + bias. Its distances to the boundary are known. */
export function linearOracle(weights: readonly (readonly number[])[], bias: readonly number[], batchSize = 16): Oracle {
  const classes = weights.length;
  const size = weights[0]!.length;
  const flat = Float64Array.from(weights.flat());
  const row = (points: Float32Array, r: number) => points.subarray(r * size, (r + 1) * size);
  const logitsOf = (x: Float32Array) => {
    const logits = Float64Array.from(bias);
    for (let k = 0; k < classes; k++) for (let i = 0; i < size; i++) logits[k]! += flat[k * size + i]! * x[i]!;
    return logits;
  };
  const logits = (points: Float32Array, rows: number) => {
    const all = new Float32Array(rows * classes);
    for (let r = 0; r < rows; r++) all.set(logitsOf(row(points, r)), r * classes);
    return all;
  };
  return {
    inputShape: [size],
    size,
    classes,
    batchSize,
    differentiable: true,
    logitError: 0,
    predict: (points, rows) => Promise.resolve({ logits: logits(points, rows) }),
    gradient(points, losses, rows) {
      const loss = new Float32Array(rows);
      const gradient = new Float32Array(rows * size);
      for (let r = 0; r < rows; r++) {
        const value = evaluateLoss(lossOfRow(losses, r, classes), logitsOf(row(points, r)));
        loss[r] = value.loss;
        for (let i = 0; i < size; i++) {
          let sum = 0;
          for (let k = 0; k < classes; k++) sum += value.cotangent[k]! * flat[k * size + i]!;
          gradient[r * size + i] = sum;
        }
      }
      return Promise.resolve({ logits: logits(points, rows), loss, gradient });
    },
    close: () => Promise.resolve(),
  };
}

/** What `encodeLoss` wrote, as a compiled graph reads it. */
export function lossOfRow({ kind, a, b }: LossRows, row: number, classes: number): Loss {
  const [first, second] = [a, b].map((vector) => vector.subarray(row * classes, (row + 1) * classes)) as [Float32Array, Float32Array];
  const losses: Record<number, () => Loss> = {
    [lossKind.crossEntropy]: () => ({ crossEntropy: first }),
    [lossKind.linear]: () => ({ linear: first }),
    [lossKind.margin]: () => ({ margin: first.indexOf(1) }),
    [lossKind.dlr]: () => ({ dlr: first.indexOf(1) }),
    [lossKind.targetedDlr]: () => ({ targetedDlr: [first.indexOf(1), second.indexOf(1)] }),
  };
  return losses[kind[row]!]!();
}
