/**
 * The inner loops of attacks: whole-vector operations on float32 points, sums in float64. They are branch-free
 * (comparisons become 0 or 1), because a branch on the sign of a gradient is guessed wrong half of the time.
 */

/** point ← clip(point + length · sign(gradient), lower, upper). A zero gradient does not move. */
export function signStep(
  point: Float32Array,
  gradient: Float32Array,
  length: number,
  lower: Float32Array,
  upper: Float32Array,
): void {
  for (let i = 0; i < point.length; i++) {
    const g = gradient[i] as number;
    const moved = (point[i] as number) + length * (Number(g > 0) - Number(g < 0));
    point[i] = clamp(moved, lower[i] as number, upper[i] as number);
  }
}

/** point ← clip(point, lower, upper) */
export function clip(point: Float32Array, lower: Float32Array, upper: Float32Array): void {
  for (let i = 0; i < point.length; i++) point[i] = clamp(point[i] as number, lower[i] as number, upper[i] as number);
}

/** point ← point + scale · direction */
export function addScaled(point: Float32Array, scale: number, direction: Float32Array): void {
  for (let i = 0; i < point.length; i++) point[i] = (point[i] as number) + scale * (direction[i] as number);
}

/** The Euclidean length. */
export function length2(vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (vector[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** The Euclidean distance. */
export function distance2(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(sum);
}

/** The sum of the coordinates' distances. */
export function distance1(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return sum;
}

/** What the box leaves of a perturbation, once that is scaled or shrunk. */
export interface Remains {
  /** Σ c² or Σ |c| over what remains. */
  total: number;
  /** Σ c² or the number of coordinates, over those that the box does not hold and that are not zero. */
  free: number;
}

/** point ← clip(x + scale · (point − x), lower, upper) */
export function scaleWithin(
  point: Float32Array,
  x: Float32Array,
  scale: number,
  lower: Float32Array,
  upper: Float32Array,
): void {
  for (let i = 0; i < point.length; i++) {
    const centre = x[i] as number;
    const moved = centre + scale * ((point[i] as number) - centre);
    point[i] = clamp(moved, lower[i] as number, upper[i] as number);
  }
}

/** Measures in L2 what `scaleWithin` would leave. */
export function measureScaled(
  point: Float32Array,
  x: Float32Array,
  scale: number,
  lower: Float32Array,
  upper: Float32Array,
  remains: Remains,
): void {
  let total = 0;
  let free = 0;
  for (let i = 0; i < point.length; i++) {
    const centre = x[i] as number;
    const wanted = scale * ((point[i] as number) - centre);
    const kept = clamp(wanted, (lower[i] as number) - centre, (upper[i] as number) - centre);
    total += kept * kept;
    free += kept * kept * Number(kept === wanted);
  }
  remains.total = total;
  remains.free = free;
}

/** point ← clip(x + soft(point − x, threshold), lower, upper); soft moves each coordinate towards 0, and stops there. */
export function shrinkWithin(
  point: Float32Array,
  x: Float32Array,
  threshold: number,
  lower: Float32Array,
  upper: Float32Array,
): void {
  for (let i = 0; i < point.length; i++) {
    const centre = x[i] as number;
    const d = (point[i] as number) - centre;
    point[i] = clamp(centre + (d - clamp(d, -threshold, threshold)), lower[i] as number, upper[i] as number);
  }
}

/** Measures in L1 what `shrinkWithin` would leave. */
export function measureShrunk(
  point: Float32Array,
  x: Float32Array,
  threshold: number,
  lower: Float32Array,
  upper: Float32Array,
  remains: Remains,
): void {
  let total = 0;
  let free = 0;
  for (let i = 0; i < point.length; i++) {
    const centre = x[i] as number;
    const d = (point[i] as number) - centre;
    const wanted = d - clamp(d, -threshold, threshold);
    const kept = clamp(wanted, (lower[i] as number) - centre, (upper[i] as number) - centre);
    total += Math.abs(kept);
    free += Number(kept === wanted) * Number(wanted !== 0);
  }
  remains.total = total;
  remains.free = free;
}

/** Exact, also for lower = −∞ or upper = ∞ times 0, which a sum of products would turn into NaN. */
function clamp(value: number, lower: number, upper: number): number {
  return Math.min(Math.max(value, lower), upper);
}
