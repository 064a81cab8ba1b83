import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { SampleRecord } from '../../src/core/record.ts';
import { readRecords, RecordFile } from '../../src/evaluate/records.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));

const record = (id: number): SampleRecord => ({
  ...{ id, attack: 'pgd', label: 1, clean: 1, outcome: 'broken', adversarial: 2, forwardQueries: 0, gradientQueries: 17 },
  distances: { linf: 0.1, l2: 1 / 3, l1: 2, l0: 3 },
});

test('records are in the file as soon as they are made, and read back the same', () => {
  const path = join(folder, 'new', 'deep', 'samples.jsonl');
  const file = new RecordFile(path);
  expect(existsSync(join(folder, 'new'))).toBe(false);
  file.append(record(1));
  expect(readRecords(path)).toEqual([record(1)]);
  file.append(record(0));
  expect(readRecords(path)).toEqual([record(1), record(0)]);
  file.close();
});

test('a last line that a crash cut off is dropped', () => {
  const path = join(folder, 'torn.jsonl');
  writeFileSync(path, `${JSON.stringify(record(0))}\n${JSON.stringify(record(1)).slice(0, 40)}`);
  expect(readRecords(path)).toEqual([record(0)]);
});

test('any other broken line is named', () => {
  const path = join(folder, 'broken.jsonl');
  writeFileSync(path, `${JSON.stringify(record(0))}\n{"id":\n${JSON.stringify(record(2))}\n`);
  expect(() => readRecords(path)).toThrow(`${path}: line 2 is not a JSON record`);
});

test('another scan’s file is not touched', () => {
  const path = join(folder, 'taken.jsonl');
  writeFileSync(path, 'precious');
  const file = new RecordFile(path);
  expect(() => file.append(record(0))).toThrow(/cannot be written: EEXIST/);
  file.discard();
  expect(readFileSync(path, 'utf8')).toBe('precious');
});

test('what was discarded leaves nothing behind, neither file nor folders', () => {
  const file = new RecordFile(join(folder, 'a', 'b', 'samples.jsonl'));
  file.append(record(0));
  file.discard();
  expect(existsSync(join(folder, 'a'))).toBe(false);
});
