import ndarray from 'ndarray';
import type { Dataset, DatasetReader, ReaderOptions } from '../src/core/dataset.ts';
import { UserError } from '../src/core/errors.ts';
import type { Sample } from '../src/core/sample.ts';
import { wrongCell } from './csvCells.ts';
import { CsvClasses } from './csvClasses.ts';
import { csvFeatures, readFeatures } from './csvFeatures.ts';
import type { CsvFeatures } from './csvFeatures.ts';
import { csvHeader, labelColumn } from './csvHeader.ts';
import { csvRows } from './csvRows.ts';
import type { CsvRow } from './csvRows.ts';

/** A table of numbers with named columns, one of them the class: [features] in the header's order. Read twice, never held. */
export const csv: DatasetReader = {
  name: 'csv',
  summary: 'a table with a header, one column of it the class, commas, semicolons or tabs between, gzipped or not: csv:FILE',
  options: ['label', 'groups', 'classes', 'bounds', 'immutable', 'integer'],
  matches: (path) => /\.[ct]sv(\.gz)?$/i.test(path),
  open: async (path, options) => {
    const table = await openTable(path, options);
    const count = await checkRows(table);
    const { label, features } = table;
    const notes = [...table.notes, ...(label?.classes.settle(`${path}: column '${label.column}'`) ?? [])];
    const names = label?.classes.names;
    return {
      spec: `csv:${path}`,
      shape: [features.places.length],
      kind: 'table',
      bounds: features.bounds,
      columns: features.columns,
      count,
      notes,
      ...(names && { classNames: names }),
      read: (wanted) => read(table, count, wanted),
    } satisfies Dataset;
  },
};

interface Table {
  readonly path: string;
  readonly features: CsvFeatures;
  /** Undefined where labels do not matter: all are 0 then. */
  readonly label: Label | undefined;
  readonly notes: readonly string[];
}

/** The column that holds the class. */
interface Label {
  readonly column: string;
  readonly at: number;
  readonly classes: CsvClasses;
}

async function openTable(path: string, options: ReaderOptions): Promise<Table> {
  const header = await csvHeader(path);
  const at = labelColumn(path, header, options);
  const features = csvFeatures(path, header, at, options);
  if (at === undefined) return { path, features, label: undefined, notes: [] };
  const column = header[at] as string;
  const chosen = (what: string) => (options.label === undefined ? [`no label given: ${what} column '${column}'`] : []);
  if (options.unlabelled) return { path, features, label: undefined, notes: chosen('leaving out') };
  const classes = new CsvClasses({ file: options.classes, count: options.classCount });
  return { path, features, label: { column, at, classes }, notes: chosen('using') };
}

/** The first reading: every cell is checked, the classes are learnt, the rows counted. */
async function checkRows({ path, features, label }: Table): Promise<number> {
  let count = 0;
  for await (const row of rowsBelowHeader(path)) {
    readFeatures(features, row);
    if (label) label.classes.check(row.cells[label.at] as string, complaint(path, label, row));
    count++;
  }
  if (count === 0) throw new UserError(`${path}: expected rows below the header, found none`);
  return count;
}

async function* read({ path, features, label }: Table, count: number, wanted: (id: number) => boolean = () => true): AsyncGenerator<Sample> {
  let id = 0;
  for await (const row of rowsBelowHeader(path)) {
    if (wanted(id)) {
      const values = readFeatures(features, row);
      const y = label ? label.classes.numberOf(row.cells[label.at] as string, complaint(path, label, row)) : 0;
      yield { id, x: ndarray(values, [values.length]), y };
    }
    if (++id === count) return;
  }
  throw new UserError(`${path}: shorter than when it was opened`);
}

async function* rowsBelowHeader(path: string): AsyncGenerator<CsvRow> {
  let header = true;
  for await (const row of csvRows(path)) {
    if (!header) yield row;
    header = false;
  }
}

/** Says what was expected of a row's label. */
function complaint(path: string, { column, at }: Label, { line, cells }: CsvRow): (expected: string) => UserError {
  return (expected) => wrongCell({ path, line, column }, expected, cells[at] as string);
}
