/** The vector, which belongs to a parameter and must have its length. */
export function ofLength(length: number, parameter: string, vector: Float32Array | undefined): Float32Array {
  if (vector?.length !== length) throw new Error(`parameter ${parameter}: expected ${length} numbers, found ${vector?.length ?? 'none'}`);
  return vector;
}
