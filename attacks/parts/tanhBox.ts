import { boxAround } from '../../src/core/ball.ts';
import type { Bounds } from '../../src/core/bounds.ts';
import { widest } from './widest.ts';

/** How far the box is shrunk around its middle, so that every point of it has finite coordinates. */
const shrunk = 0.999999;

/** The change of variables of C&W: x = middle + half width · tanh w, so that any w is a point of the box. */
export class TanhBox {
  /** [size]: the w of x. */
  readonly start: Float32Array;
  /** Of its widest side. */
  readonly width: number;
  private readonly lower: Float32Array;
  private readonly upper: Float32Array;

  constructor(x: Float32Array, bounds: Bounds) {
    const { lower, upper } = boxAround(x, bounds);
    [this.lower, this.upper] = [lower, upper];
    this.width = widest({ lower, upper });
    this.start = x.map((value, i) => {
      const half = ((upper[i] as number) - (lower[i] as number)) / 2;
      return half > 0 ? Math.atanh((shrunk * (value - (lower[i] as number) - half)) / half) : 0;
    });
  }

  /** Writes the point of w, and its derivative by w. */
  place(w: Float32Array, point: Float32Array, slope: Float32Array): void {
    const { lower, upper } = this;
    for (let i = 0; i < w.length; i++) {
      const [low, high] = [lower[i] as number, upper[i] as number];
      const half = (high - low) / 2;
      const t = 1 - 2 / (Math.exp(2 * (w[i] as number)) + 1); // tanh, in a fraction of its time
      point[i] = Math.min(high, Math.max(low, low + half * (1 + t)));
      slope[i] = half * (1 - t * t);
    }
  }
}
