import { rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Comparison } from '../core/comparison.ts';
import { UserError } from '../core/errors.ts';
import { makeFolder } from '../core/makeFolder.ts';
import { replaceFile } from '../core/replaceFile.ts';
import type { Result } from '../core/result.ts';
import type { TrainingRecord } from '../core/training.ts';
import { comparisonText } from './comparisonText.ts';
import { reporters } from './index.ts';
import { asJson } from './json.ts';
import type { Format } from './reporter.ts';

/** Writes the results in each format into the folder, made if need be. */
export async function writeReports(folder: string, results: readonly Result[], formats: readonly Format[]): Promise<void> {
  const files = formats.map((format) => reporters[format]).map(async ({ file, render }) => [file, await render(results)] as const);
  writeFiles(folder, await Promise.all(files));
}

/** Writes the comparison, as JSON and as text, into the folder, made if need be. */
export function writeComparison(folder: string, comparison: Comparison): void {
  writeFiles(folder, [
    ['comparison.json', asJson(comparison)],
    ['comparison.txt', comparisonText(comparison)],
  ]);
}

/** Writes how a model was hardened into the folder. */
export function writeTraining(folder: string, record: TrainingRecord): void {
  writeFiles(folder, [['training.json', asJson(record)]]);
}

/** Writes one file, in a folder made if need be. */
export function writeFile(path: string, content: string): void {
  writeFiles(dirname(path), [[basename(path), content]]);
}

/** Takes away an earlier one. */
export function removeComparison(folder: string): void {
  for (const name of ['comparison.json', 'comparison.txt']) rmSync(join(folder, name), { force: true });
}

function writeFiles(folder: string, files: readonly (readonly [name: string, content: string])[]): void {
  try {
    makeFolder(folder);
    for (const [name, content] of files) replaceFile(join(folder, name), content);
  } catch (error) {
    throw new UserError(`${folder}: cannot write the report: ${(error as Error).message}`, { cause: error });
  }
}
