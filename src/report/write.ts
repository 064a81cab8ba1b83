import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { replaceFile } from '../core/replaceFile.ts';
import type { RobustnessReport } from '../core/report.ts';
import { reporters } from './index.ts';
import type { Format } from './reporter.ts';

/** Writes the report in each format into the folder, made if need be. */
export function writeReports(folder: string, report: RobustnessReport, formats: readonly Format[]): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const { file, render } of formats.map((format) => reporters[format])) replaceFile(join(folder, file), render(report));
  } catch (error) {
    throw new UserError(`${folder}: cannot write the report: ${(error as Error).message}`, { cause: error });
  }
}
