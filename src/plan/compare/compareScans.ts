import type { ComparedScan, Comparison, ComparisonVerdict } from '../../core/comparison.ts';
import { UserError } from '../../core/errors.ts';
import { version } from '../../core/package.ts';
import { isInNoBall } from '../../evaluate/attempt.ts';
import { mcnemarTest } from '../../evaluate/mcnemar.ts';
import { Samples } from '../../evaluate/outcomes.ts';
import type { Fared } from '../../evaluate/outcomes.ts';
import type { Statistics } from '../../evaluate/pairedFigures.ts';
import { regressionOf } from '../../evaluate/regression.ts';
import type { RegressionVerdict } from '../../evaluate/regression.ts';
import { sequentialRegressionOf } from '../../evaluate/sequential/regression.ts';
import { clopperPearson } from '../../evaluate/statistics.ts';
import { checkComparable, warningsOf } from './comparable.ts';
import { comparableEngine } from './comparableScan.ts';
import type { ComparableReport, ComparableScan } from './comparableScan.ts';
import { faredAmong } from '../baseline/faredAmong.ts';
import { scanAt } from './scanAt.ts';
import { ScanPairs } from './scanPairs.ts';

export interface CompareOptions {
  /** The share of the worst case that may be lost. Without it the comparison only measures. */
  readonly maxRegression?: number;
  /** Of the paired intervals and of the answer. Default: 0.95. */
  readonly confidence?: number;
}

/** Compares two finished scans of the same samples: each the folder of a scan, `FILE#SCENARIO` of a baseline, or one that is open. */
export async function compareScans(before: string | ComparableScan, after: string | ComparableScan, options: CompareOptions = {}): Promise<Comparison> {
  checkOptions(options);
  const scans = { before: opened(before), after: opened(after) };
  checkComparable(scans.before, scans.after);
  checkWorstCase(scans.before, options);
  const statistics = { interval: await clopperPearson(), test: await mcnemarTest(), confidence: options.confidence ?? 0.95 };
  const { report } = scans.after;
  const figures = new ScanPairs(scans.after, { ...paired(scans), statistics });
  const worstCase = figures.worstCase();
  return {
    schemaVersion: 1,
    tool: { name: 'breakwater', version },
    measure: report.measure,
    before: comparedScan(scans.before.report),
    after: comparedScan(report),
    ...subjectOf(report),
    confidence: statistics.confidence,
    clean: figures.clean(),
    attacks: figures.attacks(),
    ...(worstCase && { worstCase }),
    ...(report.curve && { curve: figures.curve() }),
    ...(report.measure === 'accuracy' && { perClass: figures.perClass() }),
    warnings: warningsOf(scans.before, scans.after),
    ...judged(worstCase, scans, options, statistics),
  };
}

/** The samples of both. A sequential scan may have ended early: what the other has beyond it is no pair. */
function paired({ before, after }: Scans): { readonly samples: Samples; readonly before: Fared; readonly after: Fared } {
  const samples = new Samples();
  if (after.report.sequential === undefined) return { samples, before: before.outcomes(samples), after: after.outcomes(samples) };
  return { samples, after: after.outcomes(samples), before: faredAmong(before, samples) };
}

function opened(scan: string | ComparableScan): ComparableScan {
  return typeof scan === 'string' ? scanAt(scan) : scan;
}

/** Checks what can be checked before anything is run. */
export function checkOptions({ maxRegression, confidence }: CompareOptions): void {
  if (maxRegression !== undefined && !(maxRegression >= 0 && maxRegression < 1)) throw new UserError(`maxRegression: expected a share from 0 to below 1, found ${maxRegression}`);
  if (confidence !== undefined && !(confidence >= 0.5 && confidence < 1)) throw new UserError(`confidence: expected a share from 0.5 to below 1, found ${confidence}`);
}

function checkWorstCase({ attacks }: ComparableScan, { maxRegression }: CompareOptions): void {
  if (maxRegression === undefined || !attacks.every(isInNoBall)) return;
  throw new UserError(`maxRegression: expected an attack that keeps to the ball, as the worst case is about those, found ${attacks.map(({ label }) => label).join(', ')}`);
}

function subjectOf({ dataset: { spec, sha256, examples, classNames }, threat, seed }: ComparableReport): Pick<Comparison, 'dataset' | 'threat' | 'seed'> {
  return { dataset: { spec, sha256, examples, ...(classNames && { classNames }) }, threat, seed };
}

function comparedScan({ model, engine, tool, seconds, attacks, checks }: ComparableReport): ComparedScan {
  const sum = (field: 'gradientQueries' | 'forwardQueries') => attacks.reduce((total, row) => total + row[field], 0);
  const failedChecks = checks.filter(({ status }) => status === 'fail').map(({ id, title }) => ({ id, title }));
  const spent = { ...(seconds !== undefined && { seconds }), gradientQueries: sum('gradientQueries'), forwardQueries: sum('forwardQueries') };
  return { model, engine: comparableEngine(engine), version: tool.version, ...spent, failedChecks };
}

type Scans = Readonly<Record<'before' | 'after', ComparableScan>>;

function judged(worstCase: Comparison['worstCase'], scans: Scans, { maxRegression }: CompareOptions, { confidence, test }: Statistics): Pick<Comparison, 'gate' | 'verdict'> {
  if (maxRegression === undefined || !worstCase) return { verdict: 'measured' };
  const rule = { maxRegression, confidence };
  const { verdict, gate } = scans.after.report.sequential ? sequentialRegressionOf(worstCase, rule) : regressionOf(worstCase, rule, test);
  return { gate, verdict: vouchedFor(verdict, scans) };
}

/**
 * A failed check says that a figure may be too high: of the scan before, that less may have been lost; of the scan after,
 * that more may. Samples on which an attack failed count as broken, so that then nothing can be said.
 */
function vouchedFor(verdict: RegressionVerdict, { before, after }: Scans): ComparisonVerdict {
  const failed = ({ report }: ComparableScan) => report.checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
  const [tooHighBefore, tooHighAfter] = [failed(before), failed(after)];
  if ([...tooHighBefore, ...tooHighAfter].includes('attack-errors')) return 'inconclusive';
  const doubted = verdict === 'regressed' ? tooHighBefore : tooHighAfter;
  return doubted.length > 0 ? 'inconclusive' : verdict;
}
