import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeLeftovers, replaceFile } from '../../src/core/replaceFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a file is replaced, and nothing else is left', () => {
  const path = join(folder, 'a.txt');
  replaceFile(path, 'old');
  replaceFile(path, 'new');
  expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['new', ['a.txt']]);
});

test('a file that cannot be replaced leaves nothing aside', () => {
  const path = join(folder, 'taken');
  mkdirSync(join(path, 'inside'), { recursive: true });
  expect(() => replaceFile(path, 'new')).toThrow();
  expect(readdirSync(folder)).toContain('taken');
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('what killed processes left beside a file goes, and nothing else', () => {
  const place = join(folder, 'left');
  mkdirSync(place);
  const others = ['a', 'a.1.tmp2', 'a.b.tmp', 'aa.1.tmp', 'b.1.tmp'];
  for (const name of [...others, 'a.1.tmp', 'a.4711.tmp']) writeFileSync(join(place, name), '');
  removeLeftovers(join(place, 'a'));
  expect(readdirSync(place).sort()).toEqual(others.sort());
});
