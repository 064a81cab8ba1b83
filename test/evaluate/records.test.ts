import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readRecords, RecordFile } from '../../src/evaluate/records.ts';
import type { Damage, StoredRecord } from '../../src/evaluate/records.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));

const record = (id: number, attack = 'pgd'): StoredRecord => ({
  ...{ id, attack, label: 1, clean: 1, outcome: 'broken', adversarial: 2, forwardQueries: 0, gradientQueries: 17 },
  distances: { linf: 0.1, l2: 1 / 3, l1: 2, l0: 3 },
  example: `00${id}`,
});
const line = (id: number) => `${JSON.stringify(record(id))}\n`;

function opened<T>(path: string, damage: Damage, use: (file: RecordFile) => T): T {
  const file = new RecordFile(path, damage);
  try {
    return use(file);
  } finally {
    file.close();
  }
}

test('records are in the file as soon as they are made, and read back the same', () => {
  const path = join(folder, 'samples.jsonl');
  opened(path, 'refuse', (file) => {
    expect(readRecords(path)).toEqual([]);
    file.append(record(1));
    expect(readRecords(path)).toEqual([record(1)]);
    file.append(record(0, 'fgsm'));
    expect(readRecords(path)).toEqual([record(1), record(0, 'fgsm')]);
  });
});

test('a record is found by its sample and attack, in a file larger than a block, whatever its letters', () => {
  const path = join(folder, 'large.jsonl');
  const records = Array.from({ length: 900 }, (_, id) => ({ ...record(id, `attack ${id % 3}`), error: 'größer als gedacht '.repeat(id % 90) }));
  opened(path, 'refuse', (file) => records.forEach((one) => file.append(one)));
  opened(path, 'refuse', (file) => {
    for (const one of records) expect(file.find(one.id, one.attack)).toEqual(one);
    expect(file.find(0, 'attack 1')).toBeUndefined();
    expect(file.find(900, 'attack 0')).toBeUndefined();
  });
});

describe.each<Damage>(['refuse', 'pass over'])('a line that was cut off at any byte (%s)', (damage) => {
  test('is dropped, and the next record stands on a line of its own', () => {
    const path = join(folder, 'torn.jsonl');
    for (let bytes = 0; bytes < Buffer.byteLength(line(1)); bytes += 7) {
      writeFileSync(path, line(0) + line(1));
      truncateSync(path, Buffer.byteLength(line(0)) + bytes);
      expect(readRecords(path)).toEqual([record(0)]);
      opened(path, damage, (file) => file.append(record(2)));
      opened(path, damage, (file) => {
        expect([0, 1, 2].map((id) => file.find(id, 'pgd')?.id)).toEqual([0, undefined, 2]);
      });
    }
  });
});

test('a broken line is named in a user’s file, passed over in the cache', () => {
  const path = join(folder, 'broken.jsonl');
  for (const broken of ['{"id":', 'null', '{"id":1}', line(1).replace('broken', 'unheard of').trimEnd()]) {
    writeFileSync(path, `${line(0)}${broken}\n${line(2)}`);
    expect(() => readRecords(path)).toThrow(`${path}: line 2 is not a record`);
    expect(() => new RecordFile(path, 'refuse')).toThrow(`${path}: line 2 is not a record`);
    opened(path, 'pass over', (file) => expect([0, 1, 2].map((id) => file.find(id, 'pgd')?.id)).toEqual([0, undefined, 2]));
  }
});

test('two writers of one file do not lose each other’s records', () => {
  const path = join(folder, 'shared.jsonl');
  opened(path, 'pass over', (a) =>
    opened(path, 'pass over', (b) => {
      for (let id = 0; id < 10; id++) (id % 2 ? a : b).append(record(id));
    }),
  );
  expect(readRecords(path).map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a file that another program has torn is not written over', () => {
  const path = join(folder, 'foreign.txt');
  writeFileSync(path, 'precious\n');
  expect(() => new RecordFile(path, 'refuse')).toThrow(`${path}: line 1 is not a record`);
  appendFileSync(path, 'and more');
  expect(() => new RecordFile(path, 'refuse')).toThrow(`${path}: line 1 is not a record`);
  expect(readFileSync(path, 'utf8')).toBe('precious\nand more');
});
