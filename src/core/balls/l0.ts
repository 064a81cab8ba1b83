import type { BallMaths, Region } from '../ball.ts';
import { addScaled, clip } from '../vector.ts';

/** At most epsilon coordinates changed, each as far as the box goes. */
export function l0Ball({ epsilon, x, lower, upper, projection }: Region): BallMaths {
  const most = Math.floor(epsilon);

  /** What keeping coordinate i brings, in squared distance to the point; `clip` looks at its size alone. */
  function gain(point: Float32Array, i: number): number {
    const [wanted, centre] = [point[i] as number, x[i] as number];
    const kept = projection === 'exact' ? Math.min(Math.max(wanted, lower[i] as number), upper[i] as number) : wanted;
    return (wanted - centre) ** 2 - (wanted - kept) ** 2;
  }

  function project(point: Float32Array): void {
    const gains = Float64Array.from(point, (_, i) => gain(point, i));
    for (const i of byFalling(gains).slice(most)) point[i] = x[i] as number;
    clip(point, lower, upper);
  }

  return {
    sample(random) {
      const point = x.slice();
      for (const i of byFalling(Float64Array.from(x, () => random.uniform())).slice(0, most)) {
        const [low, high] = [lower[i] as number, upper[i] as number];
        point[i] = low + random.uniform() * (high - low);
      }
      clip(point, lower, upper);
      return point;
    },
    /** PGD0's step, arXiv:1909.05040: along the gradient of L1 length 1, then onto the ball. */
    step(point, gradient, length) {
      const size = gradient.reduce((sum, g) => sum + Math.abs(g), 0);
      if (size > 0) addScaled(point, length / size, gradient);
      project(point);
    },
    project,
    /** The maximiser of gradient·δ: the coordinates that gain most by going to their edge of the box. */
    extreme(gradient) {
      const point = x.slice();
      const edge = (i: number) => ((gradient[i] as number) > 0 ? upper : lower)[i] as number;
      const gains = Float64Array.from(gradient, (g, i) => g * (edge(i) - (x[i] as number)));
      for (const i of byFalling(gains).slice(0, most)) if (gradient[i] !== 0) point[i] = edge(i);
      return point;
    },
  };
}

/** Positions by falling value; the lower position first among equals. */
function byFalling(values: Float64Array): number[] {
  return Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
}
