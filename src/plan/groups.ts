import { readFileSync } from 'node:fs';
import { fileError } from '../../datasets/fileError.ts';
import { csvColumn } from '../../datasets/index.ts';
import type { Dataset } from '../core/dataset.ts';
import { UserError } from '../core/errors.ts';
import type { Groups } from '../core/groups.ts';
import { count } from '../report/figures.ts';

/** Where the names of the groups stand: a file with one on each line, or a column of the table. */
export type GroupSource = { readonly file: string } | { readonly column: string };

export function groupSourceOf(asked: string | undefined): GroupSource | undefined {
  if (asked === undefined) return undefined;
  const [, column] = /^column:(.*)$/s.exec(asked) ?? [];
  if (asked !== '' && column !== '') return column === undefined ? { file: asked } : { column };
  throw new UserError(`groups: expected a file of names, one per line, or column:NAME, found '${asked}'`);
}

/** The group of every example, in the reader's own order. */
export async function groupsOf(source: GroupSource, dataset: Dataset): Promise<Groups> {
  const subject = 'file' in source ? source.file : `groups: column '${source.column}'`;
  const numbers = new Map<string, number>();
  const members: number[] = [];
  for await (const name of 'file' in source ? namesIn(source.file) : cellsIn(source.column, dataset)) {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    members.push(number);
    if (numbers.size > mostGroups) throw new UserError(`${subject}: expected at most ${count(mostGroups)} different groups, found more by line ${members.length}`);
  }
  if (members.length === dataset.count) return { names: [...numbers.keys()], members };
  throw new UserError(`${subject}: expected ${count(dataset.count)} names, one for each example of ${dataset.spec}, found ${count(members.length)}`);
}

/** Past this many it is something else than groups, and too few examples are left to say anything of one. */
const mostGroups = 1000;

function* namesIn(file: string): Generator<string> {
  const lines = textOf(file).replace(/\r?\n$/, '').split(/\r?\n/);
  for (const [at, line] of lines.entries()) {
    const name = line.trim();
    if (name === '') throw new UserError(`${file}: line ${at + 1}: expected the name of a group, found none`);
    yield name;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw fileError(file, error);
  }
}

function cellsIn(column: string, { spec }: Dataset): AsyncGenerator<string> {
  const [, path] = /^csv:(.*)$/s.exec(spec) ?? [];
  if (path === undefined) throw new UserError(`groups: expected a file of names for ${spec}, as only tables have columns, found column:${column}`);
  return csvColumn(path, column);
}
