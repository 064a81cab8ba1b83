const [beta1, beta2, tiny] = [0.9, 0.999, 1e-8];

/** Adam's direction, about 1 per coordinate: gradient in, step in units of the learning rate out. arXiv:1412.6980. */
export function adam(size: number): (gradient: Float32Array) => Float32Array {
  const m = new Float32Array(size);
  const u = new Float32Array(size);
  const direction = new Float32Array(size);
  let [decay1, decay2] = [1, 1];
  return (gradient) => {
    decay1 *= beta1;
    decay2 *= beta2;
    for (let i = 0; i < size; i++) {
      const g = gradient[i] as number;
      m[i] = beta1 * (m[i] as number) + (1 - beta1) * g;
      u[i] = beta2 * (u[i] as number) + (1 - beta2) * g * g;
      const mean = (m[i] as number) / (1 - decay1);
      direction[i] = mean / (Math.sqrt((u[i] as number) / (1 - decay2)) + tiny);
    }
    return direction;
  };
}
