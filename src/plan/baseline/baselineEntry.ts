import { dirname, relative, resolve } from 'node:path';
import { movePaths } from '../../../datasets/movePaths.ts';
import { bundledModel } from '../../../models/bundled.ts';
import { packageRoot } from '../../core/package.ts';
import type { RobustnessReport } from '../../core/report.ts';
import { Samples } from '../../evaluate/outcomes.ts';
import type { Outcomes, Right } from '../../evaluate/outcomes.ts';
import type { BaselineEntry } from './baseline.ts';
import { comparableEngine, epsilonsOfAttack } from '../compare/comparableScan.ts';
import type { ComparableReport } from '../compare/comparableScan.ts';
import type { FinishedScan } from '../records/finishedScan.ts';
import { packBits, packHex, packNumbers } from './packed.ts';
import { seenFrom, withPaths } from '../check/requestPaths.ts';

/** What the baseline at `path` keeps of a scan. Nothing in it depends on the day, the folder or the threads of the scan. */
export function baselineEntry(path: string, scan: FinishedScan): BaselineEntry {
  const samples = new Samples();
  const outcomes = scan.outcomes(samples);
  const places = [...samples.ids.keys()].sort((a, b) => idAt(samples, a) - idAt(samples, b));
  const move = (named: string) => (isBundled(named) ? relative(packageRoot, named) : seenFrom(dirname(path), named));
  const { model, ...request } = scan.report.request;
  return {
    request: withPaths(typeof model === 'string' && isBundled(model) ? request : { model, ...request }, move),
    identity: identityOf(scan),
    report: reportOf(scan.report, move),
    samples: {
      count: places.length,
      ids: packNumbers(places.map((place, at) => idAt(samples, place) - (at === 0 ? 0 : idAt(samples, places[at - 1] as number)))),
      labels: packNumbers(places.map((place) => samples.labelAt(place))),
      examples: packHex(places.map((place) => samples.exampleAt(place))),
    },
    right: rightOf(scan, outcomes, places),
  };
}

function idAt({ ids }: Samples, place: number): number {
  return ids[place] as number;
}

function isBundled(model: string): boolean {
  return resolve(model) === bundledModel();
}

function identityOf({ identity }: FinishedScan): BaselineEntry['identity'] {
  const { labels, target, norm, epsilon, bounds, columns, attacks, seed, straightThrough } = identity;
  return { labels, target, norm, epsilon, bounds, ...(columns && { columns }), attacks, seed, straightThrough };
}

function reportOf(report: RobustnessReport, move: (path: string) => string): ComparableReport {
  const { tool, measure, model, dataset, threat, seed, engine, clean, worstCase, curve } = report;
  return {
    ...{ tool, measure, threat, seed, clean, worstCase, ...(curve && { curve }) },
    model: { ...model, path: move(model.path) },
    dataset: { spec: movePaths(dataset.spec, move), sha256: dataset.sha256, examples: dataset.examples },
    engine: comparableEngine(engine),
    attacks: report.attacks.map(({ name, epsilon, robustAccuracy, gradientQueries, forwardQueries }) => ({ name, epsilon, robustAccuracy, gradientQueries, forwardQueries })),
    checks: report.checks.filter(({ status }) => status === 'fail').map(({ id, title, status }) => ({ id, title, status })),
  };
}

function rightOf(scan: FinishedScan, outcomes: Outcomes, places: readonly number[]): BaselineEntry['right'] {
  const bits = (right: Right) => packBits(places.length, (at) => right(places[at] as number));
  return {
    clean: bits(outcomes.rightWithoutAttack()),
    attacks: scan.attacks.map((planned) => epsilonsOfAttack(planned, scan).map((epsilon) => bits(outcomes.rightUnder(planned.label, epsilon)))),
  };
}
