import type { ComparedScan, Comparison, NamedPairs, PairedFigure } from '../../core/comparison.ts';
import { worstCaseSeries } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { accuracyCells, classCells, curvesCells, level, points, pointsInterval } from '../comparisonCells.ts';
import { comparisonSentence } from '../comparisonSentence.ts';
import { count, counted, normNames, percent } from '../figures.ts';
import { html } from './html.ts';
import type { Html, Part } from './html.ts';
import { lineChart } from './lineChart.ts';
import type { Line } from './lineChart.ts';
import { named, spoken } from './named.ts';
import { rangeBar } from './rangeBar.ts';
import type { Section } from './section.ts';
import { shapeOf } from './status.ts';
import { folded, table } from './table.ts';

/** Before and after, on the same examples: what was won and lost. */
export async function comparison({ comparison: pair }: Result): Promise<Section | undefined> {
  if (!pair) return undefined;
  return {
    id: 'comparison',
    title: 'Before and after',
    lead: spoken(comparisonSentence(pair)),
    body: html`${warnings(pair)}${changes(pair)}${await curves(pair)}${ids(pair.worstCase ?? pair.clean)}${[
      folded('Every paired figure', cells('Before and after, p: exact McNemar test', accuracyCells(pair))),
      pair.perClass ? folded('Class by class', cells('Each class before and after', classCells(pair))) : '',
      folded('The two models', html`<div class="pair">${side('Before', pair.before)}${side('After', pair.after)}</div>`),
    ]}`,
  };
}

interface Change {
  readonly name: string;
  readonly figure: PairedFigure;
  readonly tone?: string;
}

function changes(pair: Comparison): Html {
  const rows: Change[] = [
    { name: 'clean', figure: pair.clean },
    ...pair.attacks.map((figure) => ({ name: figure.norm === 'none' ? `${figure.attack} (in no ball)` : figure.attack, figure })),
    ...(pair.worstCase ? [{ name: worstCaseSeries, figure: pair.worstCase, tone: 'strong' }] : []),
  ];
  const widest = 1.1 * Math.max(0.01, ...rows.flatMap(({ figure }) => figure.interval.map(Math.abs)));
  const allowed = pair.gate?.maxRegression;
  return table({
    kind: 'bars changes',
    caption: 'Accuracy before and after, and the change in points with its paired interval',
    columns: ['Attack', 'Before', 'After', html`<span class="unseen">Change as a bar</span>`, 'Change', `${level(pair.confidence)} interval`],
    rows: rows.map(({ name, figure, tone = '' }) => [
      named(name),
      percent(figure.before.accuracy),
      html`<b>${percent(figure.after.accuracy)}</b>`,
      rangeBar({ value: figure.change, interval: figure.interval, domain: [-widest, widest], tone, ...(tone === 'strong' && allowed !== undefined && { threshold: -allowed }) }),
      html`<b>${points(figure.change)}</b>`,
      pointsInterval(figure.interval),
    ]),
    tones: rows.map(({ tone }) => (tone === 'strong' ? 'strong' : '')),
  });
}

/** The worst case of both as epsilon grows; nothing where there is one epsilon. */
async function curves(pair: Comparison): Promise<Part> {
  const worst = pair.curve?.filter(({ attack }) => attack === worstCaseSeries) ?? [];
  if (worst.length === 0) return '';
  const line = (name: 'before' | 'after', colour: Line['colour'], dashed: boolean): Line => ({
    ...{ name: `worst case ${name}`, colour, dashed, band: true },
    points: [{ x: 0, y: pair.clean[name].accuracy, interval: pair.clean[name].interval }, ...worst.map((one) => ({ x: one.epsilon, y: one[name].accuracy, interval: one[name].interval }))],
  });
  const chart = await lineChart({
    lines: [line('before', 0, true), line('after', 'ink', false)],
    xTitle: `epsilon (${normNames[pair.threat.norm]})`,
    alternative: 'Line chart of the worst case against epsilon, before and after; the figures follow.',
  });
  return html`<figure>${chart}</figure>${folded('The figures of the curves', cells('Before and after at each epsilon', curvesCells(pair)))}`;
}

function ids({ wonIds, lostIds }: NamedPairs): Part {
  return [idList('lost', lostIds), idList('won', wonIds)];
}

/** The first of them; comparison.json has all. */
const mostIds = 200;

function idList(what: string, those: readonly number[]): Part {
  if (those.length === 0) return '';
  const more = those.length > mostIds ? ` and ${count(those.length - mostIds)} more, which comparison.json names` : '';
  return folded(`${counted(those.length, 'example')} ${what}, by id`, html`<p class="ids">${those.slice(0, mostIds).join(', ')}${more}</p>`);
}

function warnings({ warnings, before, after }: Comparison): Part {
  const failed = Object.entries({ before, after }).flatMap(([name, { failedChecks }]) => failedChecks.map(({ title }) => `${name}: ${title}. Its figure may be too high.`));
  const lines = [...failed.map((line) => ['fail', line] as const), ...warnings.map((line) => ['warn', `${line}.`] as const)];
  if (lines.length === 0) return '';
  return html`<ul class="checks">${lines.map(([status, line]) => html`<li>${shapeOf(status)}<div><p>${spoken(line)}</p></div></li>`)}</ul>`;
}

function cells(caption: string, [titles = [], ...rows]: readonly (readonly string[])[]): Html {
  return table({ caption, columns: titles.map((title) => title || 'attack'), rows: rows.map(([name = '', ...rest]) => [named(name), ...rest]) });
}

function side(title: string, { model, engine, version, gradientQueries, forwardQueries }: ComparedScan): Html {
  return html`<dl class="facts"><dt>${title}</dt><dd class="code">${named(model.path, 200)}</dd><dt>SHA-256</dt><dd class="code">${model.sha256}</dd><dt>Engine</dt><dd>${engine.name} ${engine.version}, breakwater ${version}</dd><dt>Queries</dt><dd>${count(gradientQueries + forwardQueries)}</dd></dl>`;
}
