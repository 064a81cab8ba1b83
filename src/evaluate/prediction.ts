/** The class of the largest logit, the first among equals; −1 when a logit is not finite. */
export function argmax(logits: Float32Array): number {
  let best = 0;
  let highest = -Infinity;
  let sum = 0; // NaN as soon as one logit is NaN or infinite
  for (let k = 0; k < logits.length; k++) {
    const z = logits[k] as number;
    sum += z * 0;
    if (z > highest) {
      highest = z;
      best = k;
    }
  }
  return sum === 0 ? best : -1;
}

/** The predicted class, where a tie with the label counts for the label; −1 when a logit is not finite. */
export function predictedClass(logits: Float32Array, label: number): number {
  const best = argmax(logits);
  return best >= 0 && logits[best] === logits[label] ? label : best;
}

/** Many times faster than `values.every(Number.isFinite)`. */
export function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0;
  return sum === 0;
}

/** True when no value is NaN or infinite and at least one is not zero. */
export function isUseful(gradient: Float32Array): boolean {
  // Four sums, as one would wait for each addition. Float64 cannot overflow on float32 values.
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = gradient.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a += Math.abs(gradient[i] as number);
    b += Math.abs(gradient[i + 1] as number);
    c += Math.abs(gradient[i + 2] as number);
    d += Math.abs(gradient[i + 3] as number);
  }
  for (let i = whole; i < gradient.length; i++) a += Math.abs(gradient[i] as number);
  const sum = a + b + c + d;
  return sum > 0 && sum < Infinity;
}
