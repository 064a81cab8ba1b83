import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Comparison } from '../../core/comparison.ts';
import type { RobustnessReport } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { fileNames } from '../check/fileNames.ts';
import { finishedScan } from './finishedScan.ts';
import { readGallery } from '../gallery/galleryFile.ts';
import { checkPublished } from './published.ts';
import { savedJson } from './savedJson.ts';

/** What ended in a folder: a scan, or a check of scenarios, each in a folder of its own. */
export async function resultsIn(folder: string): Promise<Result[]> {
  const scenarios = await scenariosIn(folder);
  if (!scenarios) return [await resultIn(folder)];
  const folders = fileNames(scenarios.map(({ name }) => name));
  return scenarios.map((scenario, at) => {
    const gallery = galleryOf(join(folder, folders[at] as string), scenario.report);
    return { ...scenario, ...(gallery && { gallery }) };
  });
}

/** All that a reporter reads of the scan that ended in a folder. */
export async function resultIn(folder: string): Promise<Result> {
  const { report } = finishedScan(folder);
  await checkPublished('report', join(folder, 'report.json'), [report]);
  const comparison = await comparisonAt(join(folder, 'comparison.json'));
  const gallery = readGallery(folder);
  return { report, ...(comparison && { comparison }), ...(gallery && { gallery }) };
}

async function comparisonAt(path: string): Promise<Comparison | undefined> {
  if (!existsSync(path)) return undefined;
  const comparison = savedJson(path, v.unknown(), 'a comparison');
  await checkPublished('comparison', path, [comparison]);
  return comparison as Comparison;
}

type Scenario = Result & { readonly name: string };

const scenariosSchema = v.strictObject({
  schemaVersion: v.literal(1),
  scenarios: v.array(v.strictObject({ name: v.string(), report: v.unknown(), comparison: v.optional(v.unknown()) })),
});

/** The scenarios that report.json tells of; undefined where it is the report of a scan, or is not there. */
async function scenariosIn(folder: string): Promise<readonly Scenario[] | undefined> {
  const path = join(folder, 'report.json');
  if (!existsSync(path) || !('scenarios' in savedJson(path, v.looseObject({}), 'a report'))) return undefined;
  const { scenarios } = savedJson(path, scenariosSchema, 'the report of a check') as unknown as { readonly scenarios: readonly Scenario[] };
  await checkPublished('report', path, scenarios.map(({ report }) => report));
  await checkPublished('comparison', path, scenarios.flatMap(({ comparison }) => comparison ?? []));
  return scenarios;
}

/** The pictures in the folder of a scenario, if it holds the same scan. */
function galleryOf(folder: string, { model, dataset, seconds }: RobustnessReport): Result['gallery'] {
  if (!existsSync(join(folder, 'report.json'))) return undefined;
  const { report } = finishedScan(folder);
  const same = report.model.sha256 === model.sha256 && report.dataset.sha256 === dataset.sha256 && report.seconds === seconds;
  return same ? readGallery(folder) : undefined;
}
