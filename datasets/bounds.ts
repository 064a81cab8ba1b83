import type { Bounds } from '../src/core/bounds.ts';
import { unitBounds } from '../src/core/bounds.ts';
import { unknownName, UserError } from '../src/core/errors.ts';
import { parseRange } from '../src/core/number.ts';

/**
 * Reads a box as people write it: `0..255` for all, or `0..1,age=17..90` with columns of their own; [0, 1] where
 * nothing is said. `columns` are the names of the coordinates, where they have any.
 */
export function boundsOf(text: string | undefined, columns: readonly string[] = []): Bounds {
  if (text === undefined) return unitBounds;
  const parts = text.split(',').map(partOf);
  const repeated = parts.find(({ column }, at) => parts.findIndex((other) => other.column === column) < at);
  if (repeated) throw new UserError(`bounds: expected one range for ${subject(repeated)}, found another: '${repeated.written}'`);
  const unknown = parts.find(({ column }) => column !== undefined && !columns.includes(column));
  if (unknown?.column !== undefined) throw unknownColumn(unknown.column, columns);
  const [lower, upper] = parts.find(({ column }) => column === undefined)?.range ?? [0, 1];
  if (parts.every(({ column }) => column === undefined)) return { lower, upper };
  const ranges = columns.map((name) => parts.find(({ column }) => column === name)?.range ?? [lower, upper]);
  return { lower: Float32Array.from(ranges, ([low]) => low), upper: Float32Array.from(ranges, ([, high]) => high) };
}

/** The interval of one coordinate, in float32 as the values are. */
export function intervalAt({ lower, upper }: Bounds, i: number): [lower: number, upper: number] {
  const at = (bound: number | Float32Array) => (typeof bound === 'number' ? Math.fround(bound) : (bound[i] as number));
  return [at(lower), at(upper)];
}

interface Part {
  readonly column: string | undefined;
  readonly range: readonly [number, number];
  readonly written: string;
}

/** `LOW..HIGH` or `NAME=LOW..HIGH`; the name may hold a `=` of its own. */
function partOf(part: string): Part {
  const written = part.trim();
  const [, column, range = ''] = /^(?:(.+)=)?(.*)$/s.exec(written) ?? [];
  const read = parseRange(range);
  if (read && isRangeOfFloats(read)) return { column: column?.trim(), range: read, written };
  throw new UserError(`bounds: expected LOW..HIGH with LOW < HIGH, or NAME=LOW..HIGH for a column, found '${written}'`);
}

function isRangeOfFloats([low, high]: readonly [number, number]): boolean {
  return Math.fround(low) < Math.fround(high) && Number.isFinite(Math.fround(high) - Math.fround(low));
}

function subject({ column }: Part): string {
  return column === undefined ? 'the columns without one of their own' : `column '${column}'`;
}

function unknownColumn(column: string, columns: readonly string[]): UserError {
  if (columns.length > 0) return unknownName('column', column, columns);
  return new UserError(`bounds: expected LOW..HIGH as the data has no named columns, found one for column '${column}'`);
}
