import { readdirSync, truncateSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csvColumn, openDataset } from '../../datasets/index.ts';
import type { ReaderOptions } from '../../src/core/dataset.ts';
import { UserError } from '../../src/core/errors.ts';
import { collect, folderWith } from './idxFiles.ts';

function fileWith(text: string | Buffer, name = 'table.csv'): string {
  return join(folderWith({ [name]: text }), name);
}

async function read(text: string | Buffer, options: ReaderOptions = {}, name?: string) {
  const dataset = await openDataset(fileWith(text, name), options);
  const samples = await collect(dataset.read());
  return { dataset, rows: samples.map(({ x }) => [...x.data]), labels: samples.map(({ y }) => y), samples };
}

const float = Math.fround;

describe('csv reads', () => {
  test('numbers in the order of the header, and the column called y as the class', async () => {
    const { dataset, rows, labels, samples } = await read('b,y,a\n0.5,2,.25\n1,0,0\n+1e-1,1,1.0\n');
    expect(dataset).toMatchObject({ kind: 'table', shape: [2], count: 3, bounds: { lower: 0, upper: 1 } });
    expect(dataset.columns).toEqual({ names: ['b', 'a'], immutable: Uint8Array.of(0, 0), integer: Uint8Array.of(0, 0) });
    expect(rows).toEqual([[0.5, 0.25], [1, 0], [float(0.1), 1]]);
    expect(labels).toEqual([2, 0, 1]);
    expect(samples.map(({ id, x }) => [id, x.shape])).toEqual([[0, [2]], [1, [2]], [2, [2]]]);
    expect(dataset.classNames).toBeUndefined();
    expect(dataset.notes).toEqual(["no label given: using column 'y'"]);
  });

  test('a byte order mark, CRLF, empty lines, quotes, spaces, and no end of the last line', async () => {
    const { rows, labels } = await read('\ufeff"a","b, or not",label\r\n"0.5", .25 ,"1"\r\n\r\n1,0,0');
    expect(rows).toEqual([[0.5, 0.25], [1, 0]]);
    expect(labels).toEqual([1, 0]);
  });

  test.each([
    ['semicolons', 'a;b;y\n0.5;1;1\n', 'table.csv'],
    ['tabs', 'a\tb\ty\n0.5\t1\t1\n', 'table.tsv'],
    ['gzip', 'a,b,y\n0.5,1,1\n', 'table.csv.gz'],
  ])('%s', async (_, text, name) => {
    expect(await read(text, {}, name)).toMatchObject({ rows: [[0.5, 1]], labels: [1] });
  });

  test('names as classes in their sorted order, or in that of a file', async () => {
    const text = 'a,species\n0,setosa\n0,virginica\n0,setosa\n0,"versicolor"\n';
    const sorted = await read(text, { label: 'species', classCount: 3 });
    expect(sorted.labels).toEqual([0, 2, 0, 1]);
    expect(sorted.dataset.classNames).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(sorted.dataset.notes).toEqual([
      `${sorted.dataset.spec.slice(4)}: column 'species': classes are numbered from 0 in the order of their names: setosa, versicolor, virginica`,
    ]);
    const classes = fileWith('virginica\nversicolor\nsetosa\nunseen\n', 'classes.txt');
    const listed = await read(text, { label: 'species', classes, classCount: 4 });
    expect(listed.labels).toEqual([2, 0, 2, 1]);
    expect(listed.dataset).toMatchObject({ classNames: ['virginica', 'versicolor', 'setosa', 'unseen'], notes: [] });
  });

  test('numbers as classes beside a file of their names, and names that are numbers as names', async () => {
    const classes = fileWith('cat\ndog\n', 'classes.txt');
    expect(await read('a,y\n0,1\n0,0\n', { classes, classCount: 2 })).toMatchObject({ labels: [1, 0], dataset: { classNames: ['cat', 'dog'] } });
    const digits = fileWith('3\n8\n', 'classes.txt');
    expect(await read('a,y\n0,8\n0,3\n', { classes: digits, classCount: 2 })).toMatchObject({ labels: [1, 0] });
  });

  test('a table without classes, or passes over them, where the model gives the labels', async () => {
    const all = await read('a,b\n0.5,1\n', { unlabelled: true });
    expect(all).toMatchObject({ rows: [[0.5, 1]], labels: [0], dataset: { notes: [] } });
    const usual = await read('a,b,y\n0.5,1,\n', { unlabelled: true });
    expect(usual).toMatchObject({ rows: [[0.5, 1]], labels: [0], dataset: { notes: ["no label given: leaving out column 'y'"] } });
    expect(await read('a,b\n0.5,none\n', { unlabelled: true, label: 'b' })).toMatchObject({ rows: [[0.5]], labels: [0], dataset: { notes: [] } });
  });

  test('values within the bounds of each column, at their edge in float32 too', async () => {
    const { dataset, rows } = await read('age,share,y\n17,0.7,1\n90,-2,0\n', { bounds: '-2..0.7,age=17..90' });
    expect(rows).toEqual([[17, float(0.7)], [90, -2]]);
    expect(dataset.bounds).toEqual({ lower: Float32Array.of(17, -2), upper: Float32Array.of(90, 0.7) });
  });

  test('which columns are not free', async () => {
    const { dataset } = await read('sex,age,hours,y\n1,30,8.5,1\n', { bounds: '0..99', immutable: ['sex', 'age'], integer: ['age'] });
    expect(dataset.columns).toEqual({ names: ['sex', 'age', 'hours'], immutable: Uint8Array.of(1, 1, 0), integer: Uint8Array.of(0, 1, 0) });
  });

  test('from the start each time, and only what is wanted', async () => {
    const dataset = await openDataset(fileWith('a,y\n.1,0\n.2,1\n.3,2\n'));
    for await (const { id } of dataset.read()) if (id === 1) break;
    expect((await collect(dataset.read((id) => id !== 1))).map(({ id, y }) => [id, y])).toEqual([[0, 0], [2, 2]]);
  });

  test('rows across the borders of what the file system delivers', async () => {
    const count = 30_000;
    const values = Array.from({ length: count }, (_, i) => (i % 1000) / 1000);
    const { rows, labels } = await read(`a,y\n${values.map((value, i) => `${value},${i % 7}`).join('\n')}\n`);
    expect(rows).toEqual(values.map((value) => [float(value)]));
    expect(labels).toEqual(values.map((_, i) => i % 7));
  });
});

async function complaint(path: string, options: ReaderOptions = {}): Promise<string> {
  const error: unknown = await openDataset(`csv:${path}`, options).then(
    () => 'nothing was thrown',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe('csv refuses, in one line that says where, what was expected and what was found:', () => {
  const folder = resolve(import.meta.dirname, '../fixtures/bad/csv');
  const lines: Readonly<Record<string, string>> = {
    'after-quote.csv': 'FILE: line 2: expected a separator or the end of the line after a closing quote',
    'blank-lines.csv': 'FILE: expected a header and rows, found an empty file',
    'cut.csv.gz': 'FILE: truncated gzip data',
    'decimal-comma.csv': "FILE: line 2, column 'a': expected a number, found '0,1'",
    'duplicate-column.csv': "FILE: line 1: expected a header with a name for every column, found 'a' twice",
    'empty.csv': 'FILE: expected a header and rows, found an empty file',
    'fractional-label.csv': "FILE: line 3, column 'y': expected a whole number from 0, or a name, found '1.5'",
    'header-only.csv': 'FILE: expected rows below the header, found none',
    'hexadecimal.csv': "FILE: line 2, column 'b': expected a number, found '0x1f'",
    'infinite.csv': "FILE: line 2, column 'b': expected a value within its bounds [0, 1], found '1e999'; --bounds b=LOW..HIGH says what is allowed",
    'label-only.csv': "FILE: expected columns beside the class 'y', found none",
    'missing-label.csv': "FILE: line 2, column 'y': expected a class, found no value",
    'missing-value.csv': "FILE: line 4, column 'b': expected a number, found no value",
    'mixed-labels.csv': "FILE: line 3, column 'y': expected a number as in the rows before, found 'O'",
    'mixed-names.csv': "FILE: line 3, column 'y': expected a name as in the rows before, found '3'",
    'nameless-column.csv': 'FILE: line 1: expected a header with a name for every column, found none for column 1',
    'negative-label.csv': "FILE: line 2, column 'y': expected a whole number from 0, or a name, found '-1'",
    'no-header.csv': 'FILE: line 1: expected a header with a name for every column, found numbers only',
    'no-label.csv': 'label: expected the name of the column of FILE that holds the class, found none and no column called label, class, target, y',
    'not-available.csv': "FILE: line 2, column 'b': expected a number, found 'NA'",
    'open-quote.csv': 'FILE: line 3: a quote is opened and never closed',
    'out-of-bounds.csv': "FILE: line 3, column 'b': expected a value within its bounds [0, 1], found '1.5'; --bounds b=LOW..HIGH says what is allowed",
    'quote-within.csv': 'FILE: line 2: expected quotes around a whole cell, found one within it',
    'ragged-long.csv': 'FILE: line 2: expected 3 cells as in the header, found 4',
    'ragged-short.csv': 'FILE: line 3: expected 3 cells as in the header, found 2',
    'text-cell.csv': "FILE: line 3, column 'b': expected a number, found 'high'",
    'two-labels.csv': 'label: expected the name of the column of FILE that holds the class, found y and Class',
  };

  test.each(readdirSync(folder))('%s', async (name) => {
    expect((await complaint(join(folder, name))).replace(join(folder, name), 'FILE')).toBe(lines[name]);
  });

  const path = fileWith('age,hours,y\n30,8.5,1\n31,40,0\n');
  const within = { bounds: '0..99' };
  test.each<[string, ReaderOptions, string]>([
    ['no such label column', { label: 'yy' }, `unknown column of ${path} 'yy': did you mean y? known are y, age, hours`],
    ['no such immutable column', { ...within, immutable: ['agee'] }, `unknown column of ${path} 'agee': did you mean age? known are age, hours`],
    ['the label as a column', { ...within, integer: ['y'] }, `unknown column of ${path} 'y': did you mean age? known are age, hours`],
    ['bounds of no column', { bounds: '0..99,hour=0..1' }, "unknown column 'hour': did you mean hours? known are hours, age"],
    ['a fraction in an integer column', { ...within, integer: ['hours'] }, `${path}: line 2, column 'hours': expected a whole number, found '8.5'`],
    ['a value outside the bounds of its column', { bounds: '0..99,age=18..30' }, `${path}: line 3, column 'age': expected a value within its bounds [18, 30], found '31'`],
    ['whole numbers that float32 has not', { bounds: '0..2e7', integer: ['age'] }, "bounds: expected at most ±16777216 for whole numbers in float32, found [0, 20000000] for column 'age'"],
    ['a class the model has not', { ...within, classCount: 1 }, `${path}: line 2, column 'y': expected a class from 0 to 0, as the model has 1, or a name, found '1'`],
  ])('%s', async (_, options, line) => {
    expect(await complaint(path, options)).toBe(line);
  });

  test('names of fewer or other classes than the model has', async () => {
    const named = fileWith('a,y\n0,cat\n0,dog\n');
    expect(await complaint(named, { classCount: 3 })).toBe(
      `${named}: column 'y': expected 3 different names as the model has 3 classes, found 2 (cat, dog); --classes FILE names the classes of the model`,
    );
    const classes = fileWith('cat\nbird\n', 'classes.txt');
    expect(await complaint(named, { classes })).toBe(`${named}: line 3, column 'y': expected one of the classes cat, bird, found 'dog'`);
    expect(await complaint(named, { classes, classCount: 3 })).toBe(`${classes}: expected 3 class names as the model has 3 classes, found 2 (cat, bird)`);
  });

  test('a column of names that are no classes', async () => {
    const names = Array.from({ length: 10_001 }, (_, i) => `0,id${i}`);
    expect(await complaint(fileWith(`a,y\n${names.join('\n')}\n`))).toMatch(/line 10002, column 'y': expected at most 10000 different names in the column of the class, found 'id10000'$/);
  });

  test('a quote that swallows the file, in bounded memory', async () => {
    const long = fileWith(`a,y\n"${'0,1\n'.repeat(2 ** 22 + 1)}`);
    expect(await complaint(long)).toBe(`${long}: line 2: expected at most 16777216 bytes in a row (is a quote never closed?)`);
  });

  test('options of other readers, and its own with another reader', async () => {
    expect(await complaint(path, { skipUnreadable: true })).toBe('skipUnreadable: expected a reader that takes it (images), found csv');
    await expect(openDataset('fashion-mnist:test', { label: 'y' })).rejects.toThrow(new UserError('label: expected a reader that takes it (csv), found fashion-mnist'));
    await expect(openDataset(path, { lable: 'y' } as ReaderOptions)).rejects.toThrow("unknown option of a reader 'lable': did you mean label? known are label,");
  });

  test('a file that shrinks between opening and reading', async () => {
    const shrinking = fileWith('a,y\n0,1\n0,1\n');
    const dataset = await openDataset(shrinking);
    truncateSync(shrinking, 8);
    await expect(collect(dataset.read())).rejects.toThrow(new UserError(`${shrinking}: shorter than when it was opened`));
  });

  test('a missing file, and a folder in its place', async () => {
    expect(await complaint('absent.csv')).toBe('absent.csv: no such file');
    expect(await complaint(folder)).toBe(`${folder}: expected a file, found a folder`);
  });
});

describe('the column of the groups', () => {
  const text = 'a,sex,y\n0.5,f,1\n0.25,m,0\n';
  const numbers = text.replace('f', '1').replace('m', '0');

  test('is left out where the model does not take it', async () => {
    expect(await read(text, { groups: 'sex', shape: [1] })).toMatchObject({ rows: [[0.5], [0.25]], dataset: { columns: { names: ['a'] } } });
  });

  test('is one of the features where it does', async () => {
    expect((await read(numbers, { groups: 'sex', shape: [2] })).rows).toEqual([[0.5, 1], [0.25, 0]]);
  });

  test('is read as text, row by row; it must be there, and full', async () => {
    const cells = async (table: string, column: string) => {
      const found: string[] = [];
      for await (const cell of csvColumn(fileWith(table), column)) found.push(cell);
      return found;
    };
    expect(await cells(text, 'sex')).toEqual(['f', 'm']);
    await expect(cells(text, 'sax')).rejects.toThrow(/unknown column of .*table\.csv 'sax': did you mean sex\?/);
    await expect(cells(text.replace('m', ''), 'sex')).rejects.toThrow(/table\.csv: line 3, column 'sex': expected a name, found no value/);
  });
});
