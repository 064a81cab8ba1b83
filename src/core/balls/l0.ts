import type { BallMaths, Region } from '../ball.ts';

/** At most epsilon coordinates changed, each as far as the box goes. */
export function l0Ball({ epsilon, x, lower, upper, projection }: Region): BallMaths {
  const most = Math.floor(epsilon);
  const clipped = (value: number, i: number) => Math.min(Math.max(value, lower[i] as number), upper[i] as number);

  /** What keeping coordinate i brings: in squared distance to the point, or by its size alone. */
  function gain(wanted: number, i: number): number {
    const centre = x[i] as number;
    return (wanted - centre) ** 2 - (projection === 'exact' ? (wanted - clipped(wanted, i)) ** 2 : 0);
  }

  function project(point: Float32Array): void {
    const kept = new Set(largest(Float64Array.from(point, gain), most));
    point.forEach((wanted, i) => (point[i] = kept.has(i) ? clipped(wanted, i) : (x[i] as number)));
  }

  return {
    /** Coordinates drawn without replacement, each uniform in the box. */
    sample(random) {
      const point = x.slice();
      for (const i of largest(Float64Array.from(x, () => random.uniform()), most)) {
        const [low, high] = [lower[i] as number, upper[i] as number];
        point[i] = clipped(low + random.uniform() * (high - low), i);
      }
      return point;
    },
    /** PGD0, arXiv:1909.05040: along the gradient of L1 length 1, then onto the ball. */
    step(point, gradient, length) {
      const size = gradient.reduce((sum, g) => sum + Math.abs(g), 0);
      if (size === 0) return;
      point.forEach((value, i) => (point[i] = value + (length * (gradient[i] as number)) / size));
      project(point);
    },
    project,
    /** The maximiser of gradient·δ: the coordinates that gain most by going to their edge of the box. */
    extreme(gradient) {
      const point = x.slice();
      const edge = (i: number) => ((gradient[i] as number) > 0 ? upper : lower)[i] as number;
      const gains = Float64Array.from(gradient, (g, i) => g * (edge(i) - (x[i] as number)));
      for (const i of largest(gains, most)) point[i] = gradient[i] === 0 ? (x[i] as number) : edge(i);
      return point;
    },
  };
}

/** Positions of the greatest values; the lower position first among equals. */
function largest(values: Float64Array, count: number): number[] {
  const order = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  return order.slice(0, count);
}
