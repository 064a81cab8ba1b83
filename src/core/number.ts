/** Reads a number as people write it: 0.03, 3e-2 or 8/255. NaN when it is none. */
export function parseNumber(written: number | string): number {
  if (typeof written === 'number') return written;
  const [over, under = '1', ...rest] = written.split('/').map((part) => part.trim());
  return over && under && rest.length === 0 ? Number(over) / Number(under) : NaN;
}

/** Reads `LOW..HIGH`, such as -1..1; undefined unless both are finite numbers and LOW < HIGH. */
export function parseRange(written: string): [low: number, high: number] | undefined {
  const [low = NaN, high = NaN, ...rest] = written.split('..').map(parseNumber);
  return low < high && Number.isFinite(high - low) && rest.length === 0 ? [low, high] : undefined;
}
