import { worstCaseSeries } from '../../core/report.ts';
import type { Release, Trend } from '../../core/trend.ts';
import { clipped } from '../clipped.ts';
import { points, pointsInterval, pValue } from '../comparisonCells.ts';
import { interval, percent } from '../figures.ts';

/** More would not fit beside each other. */
const mostAttacks = 5;

/** Titles, then a line for each release: its figures, and what changed since the one before it in its series. Names as they are. */
export function trendCells({ releases }: Trend): string[][] {
  const attacks = attacksIn(releases).slice(0, mostAttacks);
  const several = new Set(releases.map(({ series }) => series)).size > 1;
  const titles = ['#', 'release', 'model', ...(several ? ['series'] : []), 'clean', ...attacks, worstCaseSeries, '95 % interval', 'change', 'interval', 'p'];
  return [
    titles,
    ...releases.map(({ source, model, series, clean, attacks: found, worstCase, change }, i) => {
      const under = attacks.map((attack) => found.find((one) => one.attack === attack)?.accuracy);
      const since = change && (change.worstCase ?? change.clean);
      return [
        ...[String(i + 1), source, `${lastParts(model.path)} (${model.sha256.slice(0, 8)})`],
        ...(several ? [seriesName(series)] : []),
        ...[clean.accuracy, ...under, worstCase?.accuracy].map((share) => (share === undefined ? '' : percent(share))),
        worstCase ? interval(worstCase.interval) : '',
        ...(since ? [points(since.change), pointsInterval(since.interval), pValue(since.p)] : ['', '', '']),
      ];
    }),
  ];
}

/** In the order in which they first occur. */
export function attacksIn(releases: readonly Release[]): string[] {
  return [...new Set(releases.flatMap(({ attacks }) => attacks.map(({ attack }) => attack)))];
}

/** 'A' */
export function seriesName(series: number): string {
  return series <= 26 ? String.fromCharCode(64 + series) : String(series);
}

/** The file and its folder. */
function lastParts(path: string): string {
  return path.split(/[\\/]/).slice(-2).join('/');
}

const longestRemark = 300;

/** What must be said of single releases: where a series begins, whose figure may be too high. Names as they are. */
export function trendRemarks({ releases }: Trend): string[] {
  return releases.flatMap(({ unlike, failedChecks }, i) => [
    ...(unlike === undefined ? [] : [`release ${i + 1} is not joined to the one before it: ${clipped(unlike, longestRemark)}`]),
    ...failedChecks.map(({ title }) => `release ${i + 1}: ${title} failed: its figures may be too high`),
  ]);
}
