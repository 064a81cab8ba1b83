import type { CustomSeriesOption, LineSeriesOption } from 'echarts/charts';
import { epsilonText } from '../figures.ts';
import { Html, html } from './html.ts';

export interface Line {
  readonly name: string;
  /** Of the palette in style.ts, or the colour of text. */
  readonly colour: number | 'ink';
  readonly points: readonly { readonly x: number; readonly y: number; readonly interval: readonly [number, number] }[];
  /** Shades its intervals. */
  readonly band: boolean;
  readonly dashed?: boolean;
}

export interface LineChart {
  /** What is to be seen, for those who do not see it. */
  readonly alternative: string;
  readonly lines: readonly Line[];
  readonly xTitle: string;
}

/** The SVG shrinks with the page, and its letters with it: below the width at which they are too small the second is shown. */
const sizes = [
  { kind: 'wide', width: 760, height: 340 },
  { kind: 'narrow', width: 350, height: 280 },
] as const;

/** Shares against numbers from 0 on, drawn by ECharts without a DOM. Colours are the page's own, so that they change with it. */
export async function lineChart(chart: LineChart): Promise<Html> {
  const pictures = await Promise.all(sizes.map(async ({ kind, width, height }) => html`<div class="${kind}">${await picture(chart, width, height)}</div>`));
  return html`<div class="chart" role="img" aria-label="${chart.alternative}">${pictures}</div>${legend(chart.lines)}`;
}

/** Loading ECharts takes longer than a small report: only where something is drawn. */
async function picture(chart: LineChart, width: number, height: number): Promise<Html> {
  const [{ init, use }, { CustomChart, LineChart }, { GridComponent }, { SVGRenderer }] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  use([CustomChart, LineChart, GridComponent, SVGRenderer]);
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width, height });
  drawing.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, ...axes(chart), series: chart.lines.toSorted((a, b) => Number(b.colour === 'ink') - Number(a.colour === 'ink')).flatMap(series) });
  const svg = drawing.renderToSVGString();
  drawing.dispose(); // or its timers keep Node alive
  return new Html(bare(svg));
}

function axes({ lines, xTitle }: LineChart): object {
  const xs = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const label = { color: 'var(--muted)', fontSize: 12 };
  const ruled = { lineStyle: { color: 'var(--rule)' } };
  return {
    grid: { left: 48, right: 20, top: 14, bottom: 46 },
    xAxis: {
      ...{ type: 'value', min: xs[0] ?? 0, max: xs.at(-1) ?? 1, name: xTitle, nameLocation: 'middle', nameGap: 28, nameTextStyle: label },
      ...{ splitLine: { show: false }, axisLine: ruled, axisTick: { ...ruled, customValues: xs } },
      axisLabel: { ...label, customValues: xs, hideOverlap: true, formatter: epsilonText },
    },
    yAxis: {
      ...{ type: 'value', min: 0, max: 1, interval: 0.25, axisLine: { show: false }, axisTick: { show: false }, splitLine: ruled },
      axisLabel: { ...label, formatter: (share: number) => `${100 * share} %` },
    },
  };
}

const markers = ['circle', 'rect', 'triangle', 'diamond'] as const;
const dashes = ['solid', [7, 4], [2, 3], [9, 3, 2, 3]] as const;

/** Also told apart without colours: by marker and dash. */
function looksOf({ colour, dashed = false }: Line): { paint: string; marker: (typeof markers)[number]; dash: 'solid' | number[]; width: number } {
  const at = colour === 'ink' ? 0 : colour;
  const dash = dashes[dashed ? 1 : Math.floor(at / markers.length) % dashes.length] ?? 'solid';
  return {
    paint: colour === 'ink' ? 'var(--ink)' : `var(--series-${at % colours})`,
    marker: markers[at % markers.length] ?? 'circle',
    dash: dash === 'solid' ? dash : [...dash],
    width: colour === 'ink' ? 5 : 2,
  };
}

/** In style.ts. */
const colours = 8;

function series(line: Line): (LineSeriesOption | CustomSeriesOption)[] {
  const { points, band } = line;
  const { paint, marker, dash, width } = looksOf(line);
  const outline = [...points.map(({ x, interval }) => [x, interval[1]]), ...points.map(({ x, interval }) => [x, interval[0]]).reverse()];
  return [
    ...(band ? [shaded(outline, paint)] : []),
    {
      ...{ type: 'line', silent: true, clip: false, data: points.map(({ x, y }) => [x, y]) },
      ...{ lineStyle: { color: paint, width, type: dash }, symbol: marker, symbolSize: 7, itemStyle: { color: paint, borderWidth: 0 } },
    },
  ];
}

function shaded(outline: readonly (readonly number[])[], paint: string): CustomSeriesOption {
  return {
    ...{ type: 'custom', silent: true, clip: false, data: [[0, 0]] },
    renderItem: (_, api) => ({
      type: 'polygon',
      shape: { points: outline.map((point) => api.coord([...point]) as [number, number]) },
      style: { fill: paint, opacity: 0.14 },
    }),
  };
}

/**
 * Without what only a script, or a mouse, would use, and without what bears a counter, which would differ from one drawing to
 * the next: classes, and clips, of which these charts have no need.
 */
function bare(svg: string): string {
  return svg
    .replace(/<style[^]*?<\/style>/g, '')
    .replace(/<defs[^]*?<\/defs>/g, '')
    .replace(/ (?:ecmeta_\w+|class|clip-path|pointer-events|xmlns:xlink|version|baseProfile)="[^"]*"/g, '')
    .replace(/<svg width="\d+" height="\d+"/, '<svg aria-hidden="true"')
    .replace(/\n+/g, '\n');
}

/** What ECharts draws as markers, as letters would be too small. */
const outlines = {
  circle: '<circle cx="14" cy="6" r="3.5"/>',
  rect: '<path d="M10.5 2.5h7v7h-7z"/>',
  triangle: '<path d="M14 2.5 17.5 9.5h-7z"/>',
  diamond: '<path d="M14 2 17.5 6 14 10 10.5 6z"/>',
} as const;

function legend(lines: readonly Line[]): Html {
  return html`<ul class="legend" aria-label="Lines">${lines.map((line) => {
    const { paint, marker, dash, width } = looksOf(line);
    const dashes = dash === 'solid' ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
    const sample = `<svg viewBox="0 0 28 12" aria-hidden="true"><path d="M0 6h28" stroke="${paint}" stroke-width="${width}"${dashes}/><g fill="${paint}">${outlines[marker]}</g></svg>`;
    return html`<li>${new Html(sample)}<bdi>${line.name}</bdi></li>`;
  })}</ul>`;
}
