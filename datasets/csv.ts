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
  options: ['label', 'classes', 'bounds', 'immutable', 'integer'],
  matches: (path) => /\.[ct]sv(\.gz)?$/i.test(path),
  open: async (path, options) => {
    const table = await openTable(path, options);
    const count = await checkRows(table);
    const { label, classes, features } = table;
    const chosen = options.label === undefined ? [`no label given: using column '${label}'`] : [];
    const notes = [...chosen, ...classes.settle(`${path}: column '${label}'`)];
    return {
      spec: `csv:${path}`,
      shape: [features.places.length],
      kind: 'table',
      bounds: features.bounds,
      columns: features.columns,
      count,
      notes,
      ...(classes.names && { classNames: classes.names }),
      read: (wanted) => read(table, count, wanted),
    } satisfies Dataset;
  },
};

interface Table {
  readonly path: string;
  /** Name and place of the class's column. */
  readonly label: string;
  readonly labelAt: number;
  readonly features: CsvFeatures;
  readonly classes: CsvClasses;
}

async function openTable(path: string, options: ReaderOptions): Promise<Table> {
  const header = await csvHeader(path);
  const labelAt = labelColumn(path, header, options.label);
  return {
    path,
    label: header[labelAt] as string,
    labelAt,
    features: csvFeatures(path, header, labelAt, options),
    classes: new CsvClasses({ file: options.classes, count: options.classCount }),
  };
}

/** The first reading: every cell is checked, the classes are learnt, the rows counted. */
async function checkRows(table: Table): Promise<number> {
  let count = 0;
  for await (const row of rowsBelowHeader(table.path)) {
    readFeatures(table.features, row);
    table.classes.check(...labelOf(table, row));
    count++;
  }
  if (count === 0) throw new UserError(`${table.path}: expected rows below the header, found none`);
  return count;
}

async function* read(table: Table, count: number, wanted: (id: number) => boolean = () => true): AsyncGenerator<Sample> {
  let id = 0;
  for await (const row of rowsBelowHeader(table.path)) {
    if (wanted(id)) {
      const values = readFeatures(table.features, row);
      yield { id, x: ndarray(values, [values.length]), y: table.classes.numberOf(...labelOf(table, row)) };
    }
    if (++id === count) return;
  }
  throw new UserError(`${table.path}: shorter than when it was opened`);
}

async function* rowsBelowHeader(path: string): AsyncGenerator<CsvRow> {
  let header = true;
  for await (const row of csvRows(path)) {
    if (!header) yield row;
    header = false;
  }
}

function labelOf({ path, label, labelAt }: Table, { line, cells }: CsvRow): [label: string, wrong: (expected: string) => UserError] {
  const text = cells[labelAt] as string;
  return [text, (expected) => wrongCell({ path, line, column: label }, expected, text)];
}
