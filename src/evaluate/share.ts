/** A part of a whole; 0 of 0 is 0: nothing was shown. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
