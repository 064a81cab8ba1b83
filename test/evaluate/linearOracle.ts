import { evaluateLoss } from '../../src/core/losses.ts';
import type { Loss, LossRows } from '../../src/core/losses.ts';
import type { Oracle } from '../../src/core/oracle.ts';

/** One call that an oracle answered. */
export interface Call {
  readonly kind: 'forward' | 'gradient';
  readonly rows: number;
}

export interface LinearOracle extends Oracle {
  readonly calls: Call[];
}

/**
 * logits = W x in float64, in plain JavaScript: row by row, so that no answer depends on its neighbours. Cross-entropy
 * only. Answers are written into the same memory each time, as engines do.
 */
export function linearOracle(weights: readonly (readonly number[])[], batchSize: number): LinearOracle {
  const classes = weights.length;
  const size = weights[0]!.length;
  const logits = new Float32Array(batchSize * classes);
  const loss = new Float32Array(batchSize);
  const gradient = new Float32Array(batchSize * size);
  const calls: Call[] = [];

  const forward = (points: Float32Array, rows: number) => {
    for (let row = 0; row < rows; row++) {
      weights.forEach((w, k) => {
        logits[row * classes + k] = w.reduce((sum, weight, i) => sum + weight * points[row * size + i]!, 0);
      });
    }
  };
  const backward = (losses: LossRows, rows: number) => {
    for (let row = 0; row < rows; row++) {
      const ofRow: Loss = { crossEntropy: losses.a.slice(row * classes, (row + 1) * classes) };
      const value = evaluateLoss(ofRow, logits.slice(row * classes, (row + 1) * classes));
      loss[row] = value.loss;
      for (let i = 0; i < size; i++) {
        gradient[row * size + i] = weights.reduce((sum, w, k) => sum + w[i]! * value.cotangent[k]!, 0);
      }
    }
  };
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

  return {
    inputShape: [size],
    size,
    classes,
    batchSize,
    differentiable: true,
    logitError: 1e-6,
    calls,
    async predict(points, rows) {
      calls.push({ kind: 'forward', rows });
      await turn();
      forward(points, rows);
      return { logits };
    },
    async gradient(points, losses, rows) {
      calls.push({ kind: 'gradient', rows });
      await turn();
      forward(points, rows);
      backward(losses, rows);
      return { logits, loss, gradient };
    },
    close: () => Promise.resolve(),
  };
}
