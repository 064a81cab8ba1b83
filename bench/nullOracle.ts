import type { Oracle } from '../src/core/oracle.ts';
import { randomOf } from '../src/core/random.ts';

/** A model that computes nothing: class 0 always wins, and the gradient is noise with a sign no branch predicts. */
export function nullOracle(inputShape: readonly number[], batchSize: number): Oracle {
  const size = inputShape.reduce((a, b) => a * b, 1);
  const classes = 10;
  const random = randomOf(0, 'null oracle');
  const noise = Float32Array.from({ length: (batchSize + 7) * size }, () => random.uniform() - 0.5);
  const logits = Float32Array.from({ length: batchSize * classes }, (_, i) => Number(i % classes === 0));
  const loss = new Float32Array(batchSize);
  const gradient = new Float32Array(batchSize * size);
  let call = 0;
  return {
    inputShape,
    size,
    classes,
    batchSize,
    differentiable: true,
    logitError: 0,
    predict: () => Promise.resolve({ logits }),
    gradient: () => {
      const shift = (call++ % 7) * size;
      gradient.set(noise.subarray(shift, shift + gradient.length));
      return Promise.resolve({ logits, loss, gradient });
    },
    close: () => Promise.resolve(),
  };
}
