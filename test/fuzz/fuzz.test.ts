import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fuzz, total } from './fuzz.ts';
import { runCase, writeFiles } from './fuzzCase.ts';
import { seedFiles } from './seedFiles.ts';

const seeds = await seedFiles();

test.each(Object.keys(seeds))('the files that are damaged are right before: %s', async (name) => {
  const { files, use } = seeds[name]!;
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-fuzz-'));
  await writeFiles(folder, files);
  await use(folder);
  await rm(folder, { recursive: true });
});

test('a case is replayed by its number', async () => {
  for (const number of [5, 10]) {
    const [one, other] = [await runCase(seeds, number), await runCase(seeds, number)];
    expect({ ...one, text: withoutFolder(one.text) }).toEqual({ ...other, text: withoutFolder(other.text) });
  }
});

const withoutFolder = (text: string): string => text.replaceAll(/breakwater-fuzz-\w+/g, '');

/** bench/fuzz.ts runs more of them. */
test('300 damaged files are opened, or refused in one line: no crash, no hang, no gigabyte, no stack', async () => {
  const tally = await fuzz({ numbers: Array.from({ length: 300 }, (_, i) => i), processes: 2 });
  expect(tally.failures).toEqual([]);
  expect(tally.structured).toBe(150);
  expect(total(tally, 'ok') + total(tally, 'line')).toBe(300);
  expect(total(tally, 'line')).toBeGreaterThanOrEqual(150);
});
