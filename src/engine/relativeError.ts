/** max |a − b| / max |a| */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const error = largestDifference(a, b);
  return error === 0 ? 0 : error / largest(a);
}

/** max |a − b|; NaN where either has one. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let error = 0;
  for (let i = 0; i < a.length; i++) error = Math.max(error, Math.abs((a[i] as number) - (b[i] as number)));
  return error;
}

/** max |a| */
export function largest(a: ArrayLike<number>): number {
  let scale = 0;
  for (let i = 0; i < a.length; i++) scale = Math.max(scale, Math.abs(a[i] as number));
  return scale;
}
