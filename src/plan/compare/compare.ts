import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Comparison } from '../../core/comparison.ts';
import { UserError } from '../../core/errors.ts';
import type { SavedModel } from '../../graph/model.ts';
import { writeComparison, writeReports } from '../../report/write.ts';
import { robustIn } from '../baseline/robustIn.ts';
import { namedScan } from '../check/namedScan.ts';
import { withRegression } from '../check/regressionGate.ts';
import { defaultGallery } from '../gallery/defaultGallery.ts';
import type { ScanRequest } from '../plan.ts';
import { isScanFolder } from '../records/finishedScan.ts';
import { resultIn } from '../records/resultIn.ts';
import type { ScanEvents } from '../scan.ts';
import { checkOptions, compareScans } from './compareScans.ts';
import type { CompareOptions } from './compareScans.ts';
import { isScanAt, scanAt } from './scanAt.ts';

/** Two sides, and how those that are models are scanned: both alike. */
export interface CompareRequest extends CompareOptions, Omit<ScanRequest, 'model' | 'atLeast' | 'thresholds' | 'saveExamples'> {
  /** The folder of a scan, `FILE#SCENARIO` of a baseline, or a model. */
  readonly before: string | SavedModel;
  readonly after: string | SavedModel;
  /** A folder for comparison.json, comparison.txt and report.html, and for the scans of models, in `before` and `after`. */
  readonly out?: string;
}

type Side = 'before' | 'after';

/** Compares two scans, or two models after scanning them on the same data, with the same attacks and the same seed. */
export async function compare({ before, after, maxRegression, confidence, out, ...asked }: CompareRequest, events: ScanEvents = {}): Promise<Comparison> {
  const options = { ...(maxRegression !== undefined && { maxRegression }), ...(confidence !== undefined && { confidence }) };
  checkOptions(options);
  const given = { before, after };
  checkAsked(given, asked);
  const folder = out ?? mkdtempSync(join(tmpdir(), 'breakwater-compare-'));
  try {
    const place = { folder, kept: out !== undefined, asked };
    const first = await scanned(before, 'before', place, events);
    const second = await scanned(after, 'after', { ...place, asked: { ...asked, ...(out !== undefined && !isScan(after) && picturesSince(first, asked)) } }, events);
    const comparison = await compareScans(first, second, options);
    if (out !== undefined) await write(out, second, comparison);
    return comparison;
  } finally {
    if (out === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** The page shows what the scan after broke, regressed examples first. */
function picturesSince(before: string, { gallery = defaultGallery(['html']) }: ScanRequest): Pick<ScanRequest, 'gallery' | 'robustBefore'> {
  return { gallery, robustBefore: robustIn(scanAt(before)).ids };
}

/** The page is that of the scan after, which a baseline has not all of. */
async function write(out: string, after: string, comparison: Comparison): Promise<void> {
  const found = isScanFolder(after) ? await resultIn(after) : undefined;
  writeComparison(out, comparison);
  if (!found) return;
  const { report, gallery } = found;
  await writeReports(out, [{ report: withRegression(report, comparison), comparison, ...(gallery && { gallery }) }], ['html']);
}

function isScan(given: string | SavedModel): given is string {
  return typeof given === 'string' && isScanAt(given);
}

/** Both must be there before one is scanned. A scan that was made must have ended; and where both were made, what is asked of one would be passed over. */
function checkAsked({ before, after }: Readonly<Record<Side, string | SavedModel>>, asked: object): void {
  for (const given of [before, after]) {
    if (typeof given === 'string' && !isScanAt(given) && !existsSync(given)) throw new UserError(`${given}: no such file or folder; expected a saved model, or the folder of a scan`);
    if (isScan(given)) scanAt(given);
  }
  const [field] = Object.keys(asked).filter((name) => name !== 'cache');
  if (field === undefined || !isScan(before) || !isScan(after)) return;
  throw new UserError(`${field}: expected a model to scan, found two scans: ${before} and ${after}`);
}

interface Workplace {
  readonly folder: string;
  /** The folder stays. */
  readonly kept: boolean;
  readonly asked: ScanRequest;
}

/** The folder of the scan that was given, or is made of the model. */
async function scanned(given: string | SavedModel, side: Side, { folder, kept, asked }: Workplace, events: ScanEvents): Promise<string> {
  if (isScan(given)) return given;
  const out = join(folder, side);
  await namedScan({ ...asked, model: given, out }, { name: side, kept }, events);
  return out;
}
