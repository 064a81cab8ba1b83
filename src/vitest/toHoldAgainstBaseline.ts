import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAlike } from '../plan/compare/comparable.ts';
import { compareScans } from '../plan/compare/compareScans.ts';
import { finishedScan } from '../plan/records/finishedScan.ts';
import type { ScanRequest } from '../plan/plan.ts';
import { withRegression } from '../plan/check/regressionGate.ts';
import { scan } from '../plan/scan.ts';
import { baselineAt } from '../plan/compare/scanAt.ts';
import { count, percent } from '../report/figures.ts';
import { matched } from './matched.ts';
import type { Matched } from './matched.ts';
import { modelOf } from './subject.ts';
import type { On } from './subject.ts';

export interface BaselineOptions extends Partial<Pick<On, 'on' | 'confidence' | 'cache' | 'workers' | 'batchSize' | 'engine'>> {
  /** The share of the worst case that may be lost. Default: 0.02. */
  readonly maxRegression?: number;
}

/** How many lost examples a message names. */
const mostNamed = 20;

/**
 * Scans as the baseline was scanned, and holds what was lost since against what may be. `path`: a file that `breakwater
 * check --update-baseline` wrote, `FILE#SCENARIO` where it has several.
 */
export async function toHoldAgainstBaseline(this: { readonly isNot: boolean }, received: unknown, path: string, { on, maxRegression = 0.02, confidence, ...how }: BaselineOptions = {}): Promise<Matched> {
  const before = baselineAt(path);
  const model = modelOf(received);
  const out = mkdtempSync(join(tmpdir(), 'breakwater-vitest-'));
  try {
    const asked = typeof model === 'object' ? withoutPreprocessing(before.request) : before.request;
    const request = { ...asked, cache: true, ...how, model, ...(on !== undefined && { data: on }), out };
    const name = 'this scan'; // its folder goes
    await scan(request, { begun: (identity) => checkAlike(before.scan, { name, identity }) });
    const after = { ...finishedScan(out), name };
    const comparison = await compareScans(before.scan, after, { maxRegression, ...(confidence !== undefined && { confidence }) });
    const report = withRegression(after.report, comparison);
    const { lostIds = [] } = comparison.worstCase ?? {};
    const lost = `lost examples: ${lostIds.slice(0, mostNamed).join(', ')}${lostIds.length > mostNamed ? ` and ${count(lostIds.length - mostNamed)} more` : ''}`;
    return matched(report.verdict, this.isNot, `to lose at most ${percent(maxRegression)} against ${before.scan.name}`, report, [...(lostIds.length > 0 ? [lost] : []), ...comparison.warnings]);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** A model that is open had it given to `openModel`. */
function withoutPreprocessing({ range: _range, mean: _mean, std: _std, output: _output, inputShape: _shape, ...request }: ScanRequest): ScanRequest {
  return request;
}
