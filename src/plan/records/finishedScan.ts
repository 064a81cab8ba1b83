import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import type { RobustnessReport } from '../../core/report.ts';
import { Outcomes } from '../../evaluate/outcomes.ts';
import type { Samples } from '../../evaluate/outcomes.ts';
import { ofFirst } from '../../evaluate/putFirst.ts';
import { recordsIn } from '../../evaluate/records.ts';
import { comparableIdentity, comparableReport } from '../compare/comparableScan.ts';
import type { ComparableReport, ComparableScan } from '../compare/comparableScan.ts';
import type { Identity } from './identity.ts';
import { attackOf } from '../attacks/plannedAttacks.ts';
import { savedJson } from './savedJson.ts';

/** What a scan left in its folder. */
export interface FinishedScan extends ComparableScan {
  readonly report: RobustnessReport;
  readonly identity: Identity;
}

/** Says whether a path is the folder of a scan, finished or not. */
export function isScanFolder(path: string): boolean {
  return ['report.json', 'scan.json', 'samples.jsonl'].some((name) => existsSync(join(path, name)));
}

const reportSchema = v.looseObject({ schemaVersion: v.literal(1), ...comparableReport.entries });
const begunSchema = v.looseObject({ identity: comparableIdentity });

/** Opens the folder of a scan that has ended. */
export function finishedScan(folder: string): FinishedScan {
  const path = join(folder, 'report.json');
  if (!existsSync(path)) throw new UserError(`${folder}: ${absence(folder)}`);
  const report = savedJson(path, reportSchema, 'the report of a scan') as unknown as RobustnessReport;
  const { identity } = savedJson(join(folder, 'scan.json'), begunSchema, 'what a scan began with') as unknown as { readonly identity: Identity };
  const scan = { name: folder, report, identity, attacks: identity.attacks.map(attackOf) };
  return { ...scan, outcomes: (samples) => outcomesIn(scan, samples) };
}

function absence(folder: string): string {
  if (!existsSync(folder)) return 'expected the folder of a scan, found nothing there';
  if (!statSync(folder).isDirectory()) return 'expected the folder of a scan, found a file';
  return isScanFolder(folder) ? 'the scan in it has not ended: run it again to its end' : 'expected the folder of a scan, found no report.json in it';
}

/** The outcome of every sample, streamed from samples.jsonl; the samples are those that the report counts, all of them. */
function outcomesIn({ name, report, identity, attacks }: Omit<FinishedScan, 'outcomes'>, samples: Samples): Outcomes {
  const path = join(name, 'samples.jsonl');
  if (!existsSync(path)) throw new UserError(`${path}: expected the records of a scan, found nothing there`);
  const outcomes = new Outcomes(path, attacks, identity, samples);
  const records = recordsIn(path);
  for (const record of report.sequential?.stopped ? ofFirst(records, report.dataset.examples) : records) outcomes.add(record);
  const found = samples.ids.length;
  if (found !== report.dataset.examples) {
    throw new UserError(`${path}: holds ${found} examples, and report.json beside it counts ${report.dataset.examples}: scan into a folder of its own`);
  }
  if (outcomes.missing() > 0) throw new UserError(`${path}: lacks an attack's record of ${outcomes.missing()} of ${found} examples`);
  checkSums(path, report, outcomes, samples);
  return outcomes;
}

/** Records and report tell the same, or one of them is not this scan's. */
function checkSums(path: string, { clean, worstCase, dataset }: ComparableReport, outcomes: Outcomes, samples: Samples): void {
  const sum = (right: (place: number) => boolean) => samples.ids.filter((_, place) => right(place)).length;
  const found = [sum(outcomes.rightWithoutAttack()), sum(outcomes.rightUnderAll())];
  const told = [clean.correct, Math.round(worstCase.robustAccuracy * dataset.examples)];
  if (String(found) === String(told)) return;
  throw new UserError(`${path}: does not add up to report.json beside it: ${found.join(' and ')} right without and under attack there, ${told.join(' and ')} here`);
}
