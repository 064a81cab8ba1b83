import type { ReaderOptions } from '../src/core/dataset.ts';
import { unknownName, UserError } from '../src/core/errors.ts';
import { numberIn } from './csvCells.ts';
import { csvRows } from './csvRows.ts';

/** The names of a file's columns, from its first row. */
export async function csvHeader(path: string): Promise<readonly string[]> {
  for await (const { line, cells } of csvRows(path)) {
    const wrong = (found: string) => new UserError(`${path}: line ${line}: expected a header with a name for every column, found ${found}`);
    if (cells.every((cell) => !Number.isNaN(numberIn(cell)))) throw wrong('numbers only');
    const nameless = cells.indexOf('');
    if (nameless >= 0) throw wrong(`none for column ${nameless + 1}`);
    const seen = new Set<string>();
    for (const name of cells) {
      if (seen.has(name)) throw wrong(`'${name}' twice`);
      seen.add(name);
    }
    return cells;
  }
  throw new UserError(`${path}: expected a header and rows, found an empty file`);
}

const usualLabels = ['label', 'class', 'target', 'y'];

/** The place of the column that holds the class: the named one, else the only one with a usual name; none only where none is needed. */
export function labelColumn(path: string, header: readonly string[], { label, unlabelled = false }: ReaderOptions): number | undefined {
  if (label !== undefined) {
    const at = header.indexOf(label);
    if (at < 0) throw unknownName(`column of ${path}`, label, header);
    return at;
  }
  const usual = header.filter((name) => usualLabels.includes(name.toLowerCase()));
  const [only] = usual;
  if (only !== undefined && usual.length === 1) return header.indexOf(only);
  if (only === undefined && unlabelled) return undefined;
  const found = usual.length > 0 ? usual.join(' and ') : `none and no column called ${usualLabels.join(', ')}`;
  throw new UserError(`label: expected the name of the column of ${path} that holds the class, found ${found}`);
}
