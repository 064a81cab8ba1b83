const value = new Float32Array(1);
const bits = new Int32Array(value.buffer);

/** The float32 next to `from` on the way to `to`; `from` itself when they are equal. Both are float32 numbers. */
export function neighbour(from: number, to: number): number {
  if (from === to) return from;
  if (from === 0) return to > 0 ? 2 ** -149 : -(2 ** -149);
  value[0] = from;
  // The bits of a float32 are its magnitude's rank: one more is the next one away from zero.
  bits[0] = (bits[0] as number) + (from > 0 === to > from ? 1 : -1);
  return value[0];
}

/** The greatest float32 ≤ v. */
export function floorFloat32(v: number): number {
  const near = Math.fround(v);
  return near > v ? neighbour(near, -Infinity) : near;
}

/** The least float32 ≥ v. */
export function ceilFloat32(v: number): number {
  return -floorFloat32(-v);
}
