import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Comparison } from '../../core/comparison.ts';
import { UserError } from '../../core/errors.ts';
import type { SavedModel } from '../../graph/model.ts';
import { writeComparison } from '../../report/write.ts';
import { checkOptions, compareScans } from './compareScans.ts';
import type { CompareOptions } from './compareScans.ts';
import { isScanAt, scanAt } from './scanAt.ts';
import { namedScan } from '../check/namedScan.ts';
import type { ScanRequest } from '../plan.ts';
import type { ScanEvents } from '../scan.ts';

/** Two sides, and how those that are models are scanned: both alike. */
export interface CompareRequest extends CompareOptions, Omit<ScanRequest, 'model' | 'atLeast' | 'thresholds' | 'saveExamples'> {
  /** The folder of a scan, `FILE#SCENARIO` of a baseline, or a model. */
  readonly before: string | SavedModel;
  readonly after: string | SavedModel;
  /** A folder for comparison.json, and for the scans of models, in `before` and `after`. */
  readonly out?: string;
}

const sides = ['before', 'after'] as const;
type Side = (typeof sides)[number];

/** Compares two scans, or two models after scanning them on the same data, with the same attacks and the same seed. */
export async function compare({ before, after, maxRegression, confidence, out, ...asked }: CompareRequest, events: ScanEvents = {}): Promise<Comparison> {
  const options = { ...(maxRegression !== undefined && { maxRegression }), ...(confidence !== undefined && { confidence }) };
  checkOptions(options);
  const given = { before, after };
  checkAsked(given, asked);
  const folder = out ?? mkdtempSync(join(tmpdir(), 'breakwater-compare-'));
  try {
    const folders = { before: '', after: '' };
    for (const side of sides) folders[side] = await scanned(given[side], side, { folder, kept: out !== undefined, asked }, events);
    const comparison = await compareScans(folders.before, folders.after, options);
    if (out !== undefined) writeComparison(out, comparison);
    return comparison;
  } finally {
    if (out === undefined) rmSync(folder, { recursive: true, force: true });
  }
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
