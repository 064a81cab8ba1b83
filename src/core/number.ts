/** Reads a number as people write it: 0.03, 3e-2 or 8/255. NaN when it is none. */
export function parseNumber(written: number | string): number {
  if (typeof written === 'number') return written;
  const [over, under = '1', ...rest] = written.split('/').map((part) => part.trim());
  return over && under && rest.length === 0 ? Number(over) / Number(under) : NaN;
}
