import { distances, type Distances, type Norm } from '../../src/core/norms.ts';

/** The closest to x of the adversarial points that an attack has come by. */
export class Closest {
  /** Infinity while there is none. */
  distance = Infinity;
  private readonly x: Float32Array;
  private readonly length: (change: Distances) => number;
  private readonly point: Float32Array;

  /** Closest in a norm, or in a length of the attack's own. */
  constructor(x: Float32Array, length: Norm | ((change: Distances) => number)) {
    this.x = x;
    this.length = typeof length === 'string' ? (change) => change[length] : length;
    this.point = x.slice();
  }

  /** Takes a copy of an adversarial point if it is closer than those before. */
  offer(point: Float32Array): void {
    const distance = this.length(distances(this.x, point));
    if (distance >= this.distance) return;
    this.distance = distance;
    this.point.set(point);
  }

  get found(): boolean {
    return this.distance < Infinity;
  }

  /** The point itself; x while there is none. */
  get adv(): Float32Array {
    return this.point;
  }
}
