import { worstCaseSeries } from '../../core/report.ts';
import type { Release, Trend } from '../../core/trend.ts';
import { clipped } from '../clipped.ts';
import { counted, listed, percent } from '../figures.ts';
import { html } from '../html/html.ts';
import { lineChart } from '../html/lineChart.ts';
import type { Line } from '../html/lineChart.ts';
import { named } from '../html/named.ts';
import { page } from '../html/page.ts';
import { table } from '../html/table.ts';
import { attacksIn, seriesName, trendCells, trendRemarks } from './trendCells.ts';

/** The trend as one page: a chart with intervals, the table, what to beware of. */
export async function trendPage(trend: Trend): Promise<string> {
  const { releases, tool } = trend;
  const [titles = [], ...rows] = trendCells(trend);
  const chart = await lineChart({ lines: linesOf(releases), xTitle: 'release', alternative: told(releases) });
  const figures = table({ caption: 'Releases', columns: titles, rows: rows.map(([number = '', source = '', model = '', ...cells]) => [number, named(source), named(model), ...cells]) });
  const remarks = trendRemarks(trend).map((line) => html`<li>${named(line, 400)}</li>`);
  const { markup } = page({
    title: 'Robustness over releases',
    over: 'Robustness over releases',
    heading: counted(releases.length, 'release'),
    under: html`From ${named(releases[0]?.source ?? '')} to ${named(releases.at(-1)?.source ?? '')}`,
    links: [{ id: 'chart', title: 'Chart' }, { id: 'figures', title: 'Figures' }],
    body: html`<section id="chart" aria-labelledby="chart-title"><h2 id="chart-title">Accuracy over releases</h2>
<p class="lead">Shaded: 95 % intervals. Releases that were scanned alike, on the same samples, are joined.</p><figure>${chart}</figure>${remarks.length > 0 ? html`<ul>${remarks}</ul>` : ''}</section>
<section id="figures" aria-labelledby="figures-title"><h2 id="figures-title">Figures</h2>
<p class="lead">Change: since the release before it in its series, in points, sample by sample, with its 95 % interval and the p of McNemar's exact test.</p>${figures}</section>`,
    tool: tool.version,
  });
  return markup;
}

type Figure = { readonly accuracy: number; readonly interval: readonly [number, number] } | undefined;

/** A line for each figure of each series; intervals where they do not cover one another. */
function linesOf(releases: readonly Release[]): Line[] {
  const all = [...new Set(releases.map(({ series }) => series))];
  return all.flatMap((series) => {
    const line = (name: string, colour: Line['colour'], figureOf: (release: Release) => Figure): Line => ({
      name: clipped(all.length > 1 ? `${name}, series ${seriesName(series)}` : name, 60),
      ...{ colour, band: colour === 0 || colour === 'ink', dashed: series > 1 },
      points: releases.flatMap((release, i) => {
        const figure = release.series === series ? figureOf(release) : undefined;
        return figure ? [{ x: i + 1, y: figure.accuracy, interval: figure.interval }] : [];
      }),
    });
    const attacks = attacksIn(releases).map((attack, i) => line(attack, i + 1, ({ attacks }) => attacks.find((one) => one.attack === attack)));
    const lines = [line('clean', 0, ({ clean }) => clean), ...attacks, line(worstCaseSeries, 'ink', ({ worstCase }) => worstCase)];
    return lines.filter(({ points }) => points.length > 0);
  });
}

function told(releases: readonly Release[]): string {
  const steps = releases.flatMap(({ worstCase }, i) => (worstCase ? [`${percent(worstCase.accuracy)} at release ${i + 1}`] : []));
  return `Line chart of accuracy over ${counted(releases.length, 'release')}. Worst case: ${steps.length > 0 ? listed(steps) : 'none'}.`;
}
