import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import { UserError } from '../core/errors.ts';
import type { RobustnessReport } from '../core/report.ts';
import { reporters } from './index.ts';
import type { Format } from './reporter.ts';

/** Writes the report in each format into the folder, made if need be. */
export async function writeReports(folder: string, report: RobustnessReport, formats: readonly Format[]): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const { file, render } of formats.map((format) => reporters[format])) await replaceFile(join(folder, file), render(report));
  } catch (error) {
    throw new UserError(`${folder}: cannot write the report: ${(error as Error).message}`, { cause: error });
  }
}

/** Written aside, then renamed: a reader never sees half a file. */
async function replaceFile(path: string, content: string): Promise<void> {
  const aside = `${path}.${pid}.tmp`;
  try {
    await writeFile(aside, content);
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}
