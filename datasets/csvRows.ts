import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { UserError } from '../src/core/errors.ts';
import { byteStream } from './byteStream.ts';

/** One row of a CSV file: its cells without quotes and surrounding spaces, and the line it ends on, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Rows are small; this only keeps a quote that is never closed from taking the whole file into memory. */
const longestRow = 2 ** 24;

/** Streams the rows of a file, the header too, gzipped or not; empty lines are none. Every row has as many cells as the first. */
export async function* csvRows(path: string): AsyncGenerator<CsvRow> {
  const delimiter = await separatorOf(path);
  const lines: number[] = []; // of the rows that the parser has made and nobody has taken yet
  let last = 0;
  const parser = parse({
    delimiter,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: longestRow,
    on_record(cells: string[], row) {
      lines.push((last = row.lines));
      return cells;
    },
  });
  pipeline(Readable.from(byteStream(path)), parser, () => undefined); // a failure of either ends the loop below
  let width: number | undefined;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      const line = lines.shift() as number;
      width ??= cells.length;
      if (cells.length !== width) throw new UserError(`${path}: line ${line}: expected ${width} cells as in the header, found ${cells.length}`);
      yield { line, cells };
    }
  } catch (error) {
    throw error instanceof CsvError ? new UserError(`${path}: line ${last + 1}: ${reasonOf(error)}`, { cause: error }) : error;
  }
}

function reasonOf({ code, message }: CsvError): string {
  return reasons[code] ?? message;
}

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'expected a separator or the end of the line after a closing quote',
  INVALID_OPENING_QUOTE: 'expected quotes around a whole cell, found one within it',
  CSV_MAX_RECORD_SIZE: `expected at most ${longestRow} bytes in a row (is a quote never closed?)`,
};

/** Comma, semicolon or tab: the one that the header has most of. */
async function separatorOf(path: string): Promise<string> {
  let head = '';
  for await (const piece of byteStream(path)) {
    head = piece.toString('latin1');
    break;
  }
  const [header = ''] = head.replaceAll(/"[^"]*"/g, '').split(/[\r\n]/, 1);
  const counted = [',', ';', '\t'].map((mark) => ({ mark, count: header.split(mark).length }));
  return counted.reduce((most, one) => (one.count > most.count ? one : most)).mark;
}
