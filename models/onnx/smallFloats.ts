/** Number formats of 4 and 16 bits, which JavaScript has no arrays of. */

/** IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits. */
export function float16(bits: ArrayLike<number>): Float32Array {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** The upper half of a float32. */
export function bfloat16(bits: ArrayLike<number>): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (upper) => upper << 16).buffer);
}

/** Two numbers of 0 to 15 a byte, the lower half first. */
export function nibbles(bytes: ArrayLike<number>, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => ((bytes[i >> 1] as number) >> (4 * (i & 1))) & 0xf);
}

/** The same from −8 to 7. */
export function signedNibbles(bytes: ArrayLike<number>, count: number): Int8Array {
  return Int8Array.from(nibbles(bytes, count), (n) => (n < 8 ? n : n - 16));
}
