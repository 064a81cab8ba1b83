/** Bytes of an image as floats in [0, 1]. */
export function unitBytes(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = (bytes[i] as number) / 255;
  return values;
}
