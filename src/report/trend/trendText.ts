import { worstCaseSeries } from '../../core/report.ts';
import type { Trend } from '../../core/trend.ts';
import { aligned } from '../aligned.ts';
import { paintColours, paintNothing } from '../paint.ts';
import { painted } from '../painted.ts';
import { printable } from '../printable.ts';
import type { Style } from '../reporter.ts';
import { seriesName, trendCells, trendRemarks } from './trendCells.ts';

/** The trend for a terminal: a line for each release, bars that rise and fall, what to beware of. */
export function trendText(trend: Trend, { colour = false }: Style = {}): string {
  const paint = colour ? paintColours : paintNothing;
  const remarks = trendRemarks(trend).map((line) => `${paint('yellow', 'warn')}  ${printable(line)}.`);
  const caveat = 'change: since the release before it in its series, in points, sample by sample, with its 95 % interval; p: exact McNemar test.';
  const blocks = [aligned(painted(trendCells(trend).map(([number = '', source = '', ...cells]) => [`${number}  ${source}`.trim(), ...cells]), paint)), sparklines(trend), remarks.join('\n'), paint('dim', caveat)];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** A line for each series and figure, a bar for each release, from 0 to 100 %. */
function sparklines({ releases }: Trend): string {
  const all = [...new Set(releases.map(({ series }) => series))];
  const rows = all.flatMap((series) => {
    const name = all.length > 1 ? `, series ${seriesName(series)}` : '';
    const own = releases.map((release) => (release.series === series ? release : undefined));
    return [
      [`clean${name}`, own.map((release) => bar(release?.clean.accuracy)).join('')],
      [`${worstCaseSeries}${name}`, own.map((release) => bar(release?.worstCase?.accuracy)).join('')],
    ];
  });
  return aligned(rows);
}

const bars = '▁▂▃▄▅▆▇█';

function bar(share: number | undefined): string {
  return share === undefined ? ' ' : (bars[Math.min(bars.length - 1, Math.floor(share * bars.length))] ?? ' ');
}
