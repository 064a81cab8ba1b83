import type { Bounds } from '../src/core/bounds.ts';
import type { Columns, ReaderOptions } from '../src/core/dataset.ts';
import { unknownName, UserError } from '../src/core/errors.ts';
import { boundsOf, intervalAt } from './bounds.ts';
import { numberIn, wrongCell } from './csvCells.ts';
import type { CsvRow } from './csvRows.ts';

/** The columns of a table that the model sees. */
export interface CsvFeatures {
  readonly path: string;
  /** Place of each in a row. */
  readonly places: readonly number[];
  readonly bounds: Bounds;
  /** The bounds, feature by feature. */
  readonly intervals: readonly (readonly [lower: number, upper: number])[];
  /** Whether the user said so. */
  readonly stated: boolean;
  readonly columns: Columns;
}

/** All columns but the label's, and that of the groups where the model does not take it. */
export function csvFeatures(path: string, header: readonly string[], labelAt: number | undefined, options: ReaderOptions): CsvFeatures {
  if (options.groups !== undefined && !header.includes(options.groups)) throw unknownName(`column of ${path}`, options.groups, header);
  const labelled = [...header.keys()].filter((at) => at !== labelAt);
  const places = labelled.filter((at) => header[at] !== options.groups || labelled.length <= sizeOf(options.shape));
  const names = places.map((at) => header[at] as string);
  if (names.length === 0) throw new UserError(`${path}: expected columns beside the class '${header.join()}', found none`);
  const bounds = boundsOf(options.bounds, names);
  const flags = (chosen: readonly string[] = []) => {
    const unknown = chosen.find((name) => !names.includes(name));
    if (unknown !== undefined) throw unknownName(`column of ${path}`, unknown, names);
    return Uint8Array.from(names, (name) => Number(chosen.includes(name)));
  };
  const columns = { names, immutable: flags(options.immutable), integer: flags(options.integer) };
  const intervals = names.map((_, i) => intervalAt(bounds, i));
  checkWholeNumbers(columns, intervals);
  return { path, places, bounds, intervals, stated: options.bounds !== undefined, columns };
}

function sizeOf(shape: readonly number[] | undefined): number {
  return shape ? shape.reduce((product, length) => product * length, 1) : Infinity;
}

/** One row's numbers, in float32, each within its bounds. */
export function readFeatures(features: CsvFeatures, row: CsvRow): Float32Array {
  const { places, intervals, columns } = features;
  const values = new Float32Array(places.length);
  for (let i = 0; i < values.length; i++) {
    const number = numberIn(row.cells[places[i] as number] as string);
    values[i] = number;
    const [lower, upper] = intervals[i] as readonly [number, number];
    const value = values[i] as number;
    const whole = columns.integer[i] === 0 || Number.isInteger(number);
    if (!(whole && value >= lower && value <= upper)) throw wrongFeature(features, row, i);
  }
  return values;
}

function wrongFeature({ path, places, intervals, stated, columns }: CsvFeatures, { line, cells }: CsvRow, i: number): UserError {
  const place = { path, line, column: columns.names[i] as string };
  const text = cells[places[i] as number] as string;
  const number = numberIn(text);
  if (Number.isNaN(number)) return wrongCell(place, 'a number', text);
  if (columns.integer[i] === 1 && !Number.isInteger(number)) return wrongCell(place, 'a whole number', text);
  const advice = stated ? '' : `; --bounds ${place.column}=LOW..HIGH says what is allowed`;
  return wrongCell(place, `a value within its bounds [${intervals[i]?.join(', ')}]`, text, advice);
}

/** Past this float32 has no longer every whole number. */
const greatestWhole = 2 ** 24;

function checkWholeNumbers({ names, integer }: Columns, intervals: CsvFeatures['intervals']): void {
  const at = intervals.findIndex((interval, i) => integer[i] === 1 && Math.max(...interval.map(Math.abs)) > greatestWhole);
  if (at < 0) return;
  const found = `[${intervals[at]?.join(', ')}] for column '${names[at]}'`;
  throw new UserError(`bounds: expected at most ±${greatestWhole} for whole numbers in float32, found ${found}`);
}
