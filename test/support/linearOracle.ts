import { evaluateLoss, type Loss, lossKind, type LossRows } from '../../src/core/losses.ts';
import type { Oracle } from '../../src/core/oracle.ts';

/** A linear model in float64: logits = weights · x + bias. Its distances to the boundary are known. */
export function linearOracle(weights: readonly (readonly number[])[], bias: readonly number[], batchSize = 16): Oracle {
  const classes = weights.length;
  const size = weights[0]!.length;
  const logitsOf = (x: Float32Array) => weights.map((w, k) => w.reduce((sum, weight, i) => sum + weight * x[i]!, bias[k]!));
  const row = (points: Float32Array, r: number) => points.subarray(r * size, (r + 1) * size);
  const logits = (points: Float32Array, rows: number) =>
    Float32Array.from(Array.from({ length: rows }, (_, r) => logitsOf(row(points, r))).flat());
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
        for (let i = 0; i < size; i++)
          gradient[r * size + i] = weights.reduce((sum, w, k) => sum + value.cotangent[k]! * w[i]!, 0);
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
