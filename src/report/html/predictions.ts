import type { RobustnessReport } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { count, counted, percent } from '../figures.ts';
import { className } from './className.ts';
import { heat } from './heat.ts';
import { html } from './html.ts';
import type { Html, Part } from './html.ts';
import { named } from './named.ts';
import type { Section } from './section.ts';
import { folded, table } from './table.ts';

type Pair = RobustnessReport['predictions'][number];
type Side = 'clean' | 'worstCase';

/** Where predictions went: each label against what the model says under attack. */
export function predictions({ report }: Result): Section | undefined {
  const { predictions: pairs, dataset } = report;
  if (pairs.length === 0) return undefined;
  const labels = [...new Set(pairs.flatMap(({ label, predicted }) => [label, predicted]))].sort((a, b) => a - b);
  const few = labels.length <= mostClasses;
  return {
    id: 'predictions',
    title: 'Where predictions went',
    lead: lead(pairs, dataset),
    body: few
      ? html`${matrix(pairs, labels, 'worstCase', report)}${folded('The same without an attack', matrix(pairs, labels, 'clean', report))}`
      : commonest(pairs, report),
  };
}

/** A larger matrix is not read. */
const mostClasses = 30;
const mostPairs = 30;

function lead(pairs: readonly Pair[], dataset: RobustnessReport['dataset']): Html {
  const [most] = mistakes(pairs);
  const often = most && html` Most often: ${named(className(dataset, most.label))} taken for ${named(className(dataset, most.predicted))}, ${counted(most.worstCase, 'example')}.`;
  return html`In the worst case, how many examples of each class the model takes for which.${often}`;
}

/** Those in which the model is wrong under attack, the commonest first. */
function mistakes(pairs: readonly Pair[]): Pair[] {
  return pairs.filter(({ label, predicted, worstCase }) => label !== predicted && worstCase > 0).sort((a, b) => b.worstCase - a.worstCase || a.label - b.label || a.predicted - b.predicted);
}

function matrix(pairs: readonly Pair[], labels: readonly number[], side: Side, { dataset }: RobustnessReport): Html {
  const counts = new Map(pairs.map((pair) => [`${pair.label} ${pair.predicted}`, pair[side]]));
  const totals = new Map<number, number>();
  for (const pair of pairs) totals.set(pair.label, (totals.get(pair.label) ?? 0) + pair[side]);
  const cell = (label: number, predicted: number): Part => {
    const found = counts.get(`${label} ${predicted}`) ?? 0;
    const share = found / Math.max(1, totals.get(label) ?? 0);
    if (label === predicted) return html`<span class="right">${count(found)}</span>`;
    return found === 0 ? html`<span class="none">·</span>` : heat(share, count(found));
  };
  const rows = labels.filter((label) => (totals.get(label) ?? 0) > 0);
  const title = (label: number) => named(className(dataset, label), 40);
  return table({
    kind: 'matrix',
    caption: `Labels in rows, predictions in columns, ${side === 'clean' ? 'without an attack' : 'in the worst case'}`,
    columns: [html`label <span aria-hidden="true">↓</span> predicted <span aria-hidden="true">→</span>`, ...labels.map((label) => html`<span class="upright">${title(label)}</span>`)],
    rows: rows.map((label) => [title(label), ...labels.map((predicted) => cell(label, predicted))]),
  });
}

function commonest(pairs: readonly Pair[], { dataset, clean }: RobustnessReport): Html {
  const wrong = mistakes(pairs);
  const shown = wrong.slice(0, mostPairs);
  const more = wrong.length - shown.length;
  const pairsTable = table({
    caption: 'The commonest mistakes under attack',
    columns: ['Label', 'Taken for', 'Worst case', 'Of all', 'Clean'],
    rows: shown.map((pair) => [
      named(className(dataset, pair.label), 40),
      named(className(dataset, pair.predicted), 40),
      heat(pair.worstCase / Math.max(1, shown[0]?.worstCase ?? 1), count(pair.worstCase)),
      percent(pair.worstCase / Math.max(1, clean.total)),
      count(pair.clean),
    ]),
  });
  return html`${pairsTable}${more > 0 ? html`<p class="note">${counted(more, 'rarer pair')}: report.json has them all.</p>` : ''}`;
}
