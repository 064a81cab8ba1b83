/** Everything a program may use of breakwater. */
import { attackBuilders } from './plan/attacks/attackBuilders.ts';

export { openDataset } from '../datasets/index.ts';
export { fromFunction, openModel } from '../models/index.ts';
export { harden } from './plan/harden/harden.ts';
export { scan } from './plan/scan.ts';
export { merge } from './plan/shards/merge.ts';
export { check } from './plan/check/check.ts';
export { defineConfig } from './plan/check/config.ts';
export { compare } from './plan/compare/compare.ts';
export { compareScans } from './plan/compare/compareScans.ts';
export { trend } from './plan/trend.ts';
export { UserError } from './core/errors.ts';
export { Unfinished } from './plan/unfinished.ts';

/** `pgd({ steps: 40 })`: an attack to give to `scan`. */
export const {
  fgsm, bim, pgd, miFgsm, niFgsm, fgsmRs,
  apgdCe, apgdDlr, apgdT, apgdL1, fab, fabT, square, autoattack,
  deepfool, carliniWagner, ead, ddn, fmn, jsma, sigmaZero,
  spsa, onePixel, hopSkipJump, boundary, saltAndPepper,
  rotationTranslation, corruption, uniformNoise, gaussianNoise,
} = attackBuilders;

export type { HardenedEpoch } from './plan/harden/harden.ts';
export type { HardenRequest } from './plan/harden/hardenPlan.ts';
export type { ScanRequest } from './plan/plan.ts';
export type { MergeRequest } from './plan/shards/merge.ts';
export type { CheckEvents, CheckOptions, CheckResult } from './plan/check/check.ts';
export type { Config, Scenario } from './plan/check/config.ts';
export type { CompareRequest } from './plan/compare/compare.ts';
export type { CompareOptions } from './plan/compare/compareScans.ts';
export type { ScanEvents, ScanProgress } from './plan/scan.ts';
export type { Answer, Attack, AttackContext, AttackSpec, PointQuery, Query, Run } from './core/attack.ts';
export type { Ball } from './core/ball.ts';
export type { Bounds } from './core/bounds.ts';
export type { Comparison, ComparisonVerdict, NamedPairs, PairedFigure, RegressionGate } from './core/comparison.ts';
export type { Columns, Dataset, ReaderOptions } from './core/dataset.ts';
export type { Goal } from './core/goal.ts';
export type { Loss } from './core/losses.ts';
export type { Distances, Norm } from './core/norms.ts';
export type { SampleRecord } from './core/record.ts';
export type { AttackRow, Check, Gate, RobustnessReport, Verdict } from './core/report.ts';
export type { Release, Trend } from './core/trend.ts';
export type { Sample } from './core/sample.ts';
export type { Thresholds } from './evaluate/gates/thresholds.ts';
export type { ModelChoices, Preprocessing, SavedModel } from './graph/model.ts';
export type { FunctionModel } from '../models/index.ts';
