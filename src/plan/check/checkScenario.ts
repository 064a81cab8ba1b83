import type { Result } from '../../core/result.ts';
import { writeComparison, writeReports } from '../../report/write.ts';
import { checkAlike } from '../compare/comparable.ts';
import type { ComparableScan } from '../compare/comparableScan.ts';
import { compareScans } from '../compare/compareScans.ts';
import { finishedScan } from '../records/finishedScan.ts';
import type { FinishedScan } from '../records/finishedScan.ts';
import { readGallery } from '../gallery/galleryFile.ts';
import { namedScan } from './namedScan.ts';
import type { ScanRequest } from '../plan.ts';
import { withRegression } from './regressionGate.ts';
import { robustIn } from '../baseline/robustIn.ts';
import type { ScanEvents } from '../scan.ts';
import { told } from './scenarios.ts';
import type { PlannedScenario } from './scenarios.ts';

/** Where a scenario is scanned, and with what it is compared. */
export interface Workplace {
  readonly out: string;
  /** The folder stays. */
  readonly kept: boolean;
  readonly before: ComparableScan | undefined;
  readonly asked: Pick<ScanRequest, 'cache' | 'gallery'>;
}

/** Scans one scenario into its folder, and compares it with its baseline. */
export async function checkScenario(scenario: PlannedScenario, workplace: Workplace, events: ScanEvents): Promise<{ readonly result: Result; readonly scan: FinishedScan }> {
  try {
    return await scanned(scenario, workplace, events);
  } catch (error) {
    throw told(scenario.subject, error);
  }
}

/** In messages: its folder may be one that goes. */
const name = 'this scan';

async function scanned({ title, request, maxRegression }: PlannedScenario, { out, kept, before, asked }: Workplace, events: ScanEvents) {
  const named = title === undefined ? {} : { name: title };
  await namedScan({ ...request, ...asked, ...(before && since(before, maxRegression)), out }, { ...named, kept }, {
    ...events,
    // What cannot be compared need not be attacked.
    begun: (identity) => before && checkAlike(before, { name, identity }),
  });
  const scan = finishedScan(out);
  const { confidence } = request;
  const comparison = before && (await compareScans(before, { ...scan, name }, { ...(maxRegression !== undefined && { maxRegression }), ...(confidence !== undefined && { confidence }) }));
  const report = comparison ? withRegression(scan.report, comparison) : scan.report;
  if (comparison) {
    await writeReports(out, [{ report }], ['json']);
    writeComparison(out, comparison);
  }
  const gallery = readGallery(out);
  return { result: { ...named, report, ...(comparison && { comparison }), ...(gallery && { gallery }) }, scan };
}

/** What a scan is told of the one before. */
function since(before: ComparableScan, maxRegression = 0): Pick<ScanRequest, 'robustBefore' | 'scanBefore'> {
  const { ids, robust } = robustIn(before);
  return { robustBefore: ids, scanBefore: { robust, maxRegression } };
}
