import { unknownName } from '../src/core/errors.ts';
import { wrongCell } from './csvCells.ts';
import { csvRows } from './csvRows.ts';

/** The texts of one column, row by row: it need not be one that the model sees. */
export async function* csvColumn(path: string, column: string): AsyncGenerator<string> {
  let at: number | undefined;
  for await (const { line, cells } of csvRows(path)) {
    if (at === undefined) {
      at = cells.indexOf(column);
      if (at < 0) throw unknownName(`column of ${path}`, column, cells);
      continue;
    }
    const cell = cells[at] as string;
    if (cell === '') throw wrongCell({ path, line, column }, 'a name', cell);
    yield cell;
  }
}
