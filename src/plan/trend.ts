import type { NamedPairs, PairedFigure } from '../core/comparison.ts';
import { UserError } from '../core/errors.ts';
import { version } from '../core/package.ts';
import type { Release, Trend } from '../core/trend.ts';
import { isInNoBall } from '../evaluate/attempt.ts';
import { clopperPearson } from '../evaluate/statistics.ts';
import type { Interval } from '../evaluate/statistics.ts';
import { checkComparable } from './compare/comparable.ts';
import type { ComparableScan } from './compare/comparableScan.ts';
import { compareScans } from './compare/compareScans.ts';
import { scanAt } from './compare/scanAt.ts';

const confidence = 0.95;

/** Accuracy over releases: folders of finished scans, or `FILE#SCENARIO` of a baseline, in the order of the releases. */
export async function trend(sources: readonly string[]): Promise<Trend> {
  if (sources.length < 2) throw new UserError(`trend: expected at least two scans, found ${sources.length === 0 ? 'none' : `only ${sources[0]}`}`);
  const scans = sources.map(scanAt);
  const interval = await clopperPearson();
  const releases: Release[] = [];
  for (const [at, scan] of scans.entries()) releases.push(await releaseOf(scan, placeOf(scans, at, releases), interval));
  return { schemaVersion: 1, tool: { name: 'breakwater', version }, confidence, releases };
}

/** Where a scan stands among those before it. */
interface Place {
  readonly series: number;
  readonly unlike?: string;
  /** The last before it that it can be compared with. */
  readonly before?: { readonly number: number; readonly scan: ComparableScan };
}

function placeOf(scans: readonly ComparableScan[], at: number, releases: readonly Release[]): Place {
  const scan = scans[at] as ComparableScan;
  const earlier = scans.slice(0, at).map((before, i) => ({ before, number: i + 1, difference: differenceOf(before, scan) }));
  const last = earlier.findLast(({ difference }) => difference === undefined);
  const unlike = earlier.at(-1)?.difference;
  return {
    series: last ? (releases[last.number - 1] as Release).series : 1 + Math.max(0, ...releases.map(({ series }) => series)),
    ...(unlike !== undefined && { unlike }),
    ...(last && { before: { number: last.number, scan: last.before } }),
  };
}

/** In one line why two scans cannot be compared; undefined where they can. */
function differenceOf(before: ComparableScan, after: ComparableScan): string | undefined {
  try {
    checkComparable(before, after);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

async function releaseOf(scan: ComparableScan, { series, unlike, before }: Place, interval: Interval): Promise<Release> {
  const { name, report, attacks } = scan;
  const { model, tool, measure, dataset, threat, clean, worstCase, checks } = report;
  const hasWorstCase = !attacks.every(isInNoBall);
  return {
    source: name,
    model: { path: model.path, sha256: model.sha256 },
    ...{ version: tool.version, measure, examples: dataset.examples },
    threat: { norm: threat.norm, epsilon: threat.epsilon },
    clean: { accuracy: clean.accuracy, interval: clean.interval },
    attacks: attacksOf(scan, interval),
    ...(hasWorstCase && { worstCase: { accuracy: worstCase.robustAccuracy, interval: worstCase.interval } }),
    failedChecks: checks.filter(({ status }) => status === 'fail').map(({ id, title }) => ({ id, title })),
    series,
    ...(unlike !== undefined && { unlike }),
    ...(before && { change: await changeSince(before, scan) }),
  };
}

/** Each attack at the largest epsilon, where there were several. */
function attacksOf({ report, attacks, identity }: ComparableScan, interval: Interval): Release['attacks'] {
  const { attacks: rows, dataset } = report;
  const atLargest = attacks.filter(({ epsilon }) => epsilon === undefined || epsilon === identity.epsilon);
  const figures = rows.filter(({ epsilon }) => epsilon === null || epsilon === identity.epsilon);
  return figures.map(({ name, robustAccuracy: accuracy }, i) => {
    const { series, label = name } = atLargest[i] ?? {};
    return { attack: series ?? label, accuracy, interval: interval(Math.round(accuracy * dataset.examples), dataset.examples) };
  });
}

async function changeSince({ number, scan: before }: NonNullable<Place['before']>, after: ComparableScan): Promise<NonNullable<Release['change']>> {
  const { clean, worstCase } = await compareScans(before, after, { confidence });
  return { since: number, clean: figureOf(clean), ...(worstCase && { worstCase: figureOf(worstCase) }) };
}

/** Without the samples by id, which a comparison of the two names. */
function figureOf({ wonIds: _won, lostIds: _lost, ...figure }: NamedPairs): PairedFigure {
  return figure;
}
