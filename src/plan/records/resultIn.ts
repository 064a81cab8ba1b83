import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Comparison } from '../../core/comparison.ts';
import type { RobustnessReport } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { fileNames } from '../check/fileNames.ts';
import { finishedScan } from './finishedScan.ts';
import { readGallery } from '../gallery/galleryFile.ts';
import { savedJson } from './savedJson.ts';

/** What ended in a folder: a scan, or a check of scenarios, each in a folder of its own. */
export function resultsIn(folder: string): Result[] {
  const scenarios = scenariosIn(folder);
  if (!scenarios) return [resultIn(folder)];
  const folders = fileNames(scenarios.map(({ name }) => name));
  return scenarios.map((scenario, at) => {
    const gallery = galleryOf(join(folder, folders[at] as string), scenario.report);
    return { ...scenario, ...(gallery && { gallery }) };
  });
}

/** All that a reporter reads of the scan that ended in a folder. */
export function resultIn(folder: string): Result {
  const { report } = finishedScan(folder);
  savedJson(join(folder, 'report.json'), shownSchema, 'the report of a scan by this version');
  const path = join(folder, 'comparison.json');
  const comparison = existsSync(path) && (savedJson(path, comparisonSchema, 'a comparison') as unknown as Comparison);
  const gallery = readGallery(folder);
  return { report, ...(comparison && { comparison }), ...(gallery && { gallery }) };
}

const figure = v.looseObject({ total: v.number(), change: v.number(), won: v.number(), lost: v.number() });
const side = v.looseObject({ model: v.looseObject({ path: v.string(), sha256: v.string() }), failedChecks: v.array(v.looseObject({ title: v.string() })) });

const comparisonSchema = v.looseObject({
  schemaVersion: v.literal(1),
  ...{ before: side, after: side, clean: figure, worstCase: v.optional(figure) },
  attacks: v.array(figure),
  warnings: v.array(v.string()),
  verdict: v.picklist(['measured', 'held', 'regressed', 'inconclusive']),
});

/** What reports show beside what is known of a finished scan. */
const shownSchema = v.looseObject({
  model: v.looseObject({ path: v.string(), sha256: v.string(), inputShape: v.array(v.number()) }),
  dataset: v.looseObject({ spec: v.string(), examples: v.number() }),
  request: v.record(v.string(), v.unknown()),
  clean: v.looseObject({ accuracy: v.number(), interval: v.tuple([v.number(), v.number()]) }),
  attacks: v.array(v.looseObject({ name: v.string(), options: v.looseObject({}), robustAccuracy: v.number(), interval: v.tuple([v.number(), v.number()]) })),
  worstCase: v.looseObject({ robustAccuracy: v.number(), interval: v.tuple([v.number(), v.number()]) }),
  perClass: v.array(v.looseObject({ label: v.number(), robustAccuracy: v.number(), attacks: v.array(v.number()) })),
  predictions: v.array(v.looseObject({ label: v.number(), predicted: v.number() })),
  checks: v.array(v.looseObject({ id: v.string(), title: v.string(), status: v.picklist(['pass', 'warn', 'fail', 'not-run']) })),
  gates: v.array(v.looseObject({ id: v.string(), figure: v.number(), status: v.picklist(['held', 'missed', 'inconclusive']) })),
  verdict: v.picklist(['held', 'measured', 'missed', 'inconclusive']),
});

const scenariosSchema = v.looseObject({
  schemaVersion: v.literal(1),
  scenarios: v.array(v.looseObject({ name: v.string(), report: shownSchema, comparison: v.optional(comparisonSchema) })),
});

/** The scenarios that report.json tells of; undefined where it is the report of a scan, or is not there. */
function scenariosIn(folder: string): (Result & { readonly name: string })[] | undefined {
  const path = join(folder, 'report.json');
  if (!existsSync(path) || !('scenarios' in savedJson(path, v.looseObject({}), 'a report'))) return undefined;
  return savedJson(path, scenariosSchema, 'the report of a check').scenarios as unknown as (Result & { readonly name: string })[];
}

/** The pictures in the folder of a scenario, if it holds the same scan. */
function galleryOf(folder: string, { model, dataset, seconds }: RobustnessReport): Result['gallery'] {
  if (!existsSync(join(folder, 'report.json'))) return undefined;
  const { report } = finishedScan(folder);
  const same = report.model.sha256 === model.sha256 && report.dataset.sha256 === dataset.sha256 && report.seconds === seconds;
  return same ? readGallery(folder) : undefined;
}
