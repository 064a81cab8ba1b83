import type { RobustnessReport } from '../../core/report.ts';
import { worstCaseSeries } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { atLargestEpsilon } from '../atLargestEpsilon.ts';
import { attackLabels } from '../attackLabels.ts';
import { count, percent } from '../figures.ts';
import { capital } from './capital.ts';
import { className } from './className.ts';
import { heat } from './heat.ts';
import { html } from './html.ts';
import type { Html, Part } from './html.ts';
import { named } from './named.ts';
import type { Section } from './section.ts';
import { table } from './table.ts';

/** Each class, and each group, under each attack. */
export function classes({ report }: Result): Section | undefined {
  const { perClass, perGroup = [], measure } = report;
  if (perClass.length === 0 && perGroup.length === 0) return undefined;
  return {
    id: 'classes',
    title: perGroup.length > 0 ? 'Classes and groups' : 'Class by class',
    lead: `${capital(measure)} without an attack, under each one, and in the worst case. The stronger the colour, the more was lost.`,
    body: html`${perClass.length > 0 ? classMap(report) : ''}${perGroup.length > 0 ? groupMap(perGroup) : ''}`,
  };
}

/** So many rows are read; the worst, where there are more. */
const mostRows = 30;

function classMap(report: RobustnessReport): Html {
  const { perClass, dataset } = report;
  const [shown, more] = worstOf(perClass);
  const labels = attackLabels(atLargestEpsilon(report)).map((label) => named(label, 28));
  const map = table({
    kind: 'heat',
    caption: 'Share of each class that survives',
    columns: ['Class', 'Examples', 'clean', ...labels, ...(labels.length > 0 ? [worstCaseSeries] : [])],
    rows: shown.map(({ label, total, cleanAccuracy, attacks, robustAccuracy }) => [
      named(className(dataset, label), 40),
      count(total),
      ...[cleanAccuracy, ...attacks, ...(labels.length > 0 ? [robustAccuracy] : [])].map(cell),
    ]),
  });
  return html`${map}${rest(more, 'class', perClass.length)}`;
}

function groupMap(groups: NonNullable<RobustnessReport['perGroup']>): Html {
  const [shown, more] = worstOf(groups);
  const map = table({
    kind: 'heat',
    caption: 'Share of each group that survives',
    columns: ['Group', 'Examples', 'clean', worstCaseSeries],
    rows: shown.map(({ group, total, cleanAccuracy, robustAccuracy }) => [named(group, 40), count(total), cell(cleanAccuracy), cell(robustAccuracy)]),
  });
  return html`${map}${rest(more, 'group', groups.length)}`;
}

function cell(share: number): Part {
  return heat(1 - share, percent(share));
}

function worstOf<Row extends { readonly robustAccuracy: number }>(rows: readonly Row[]): [shown: readonly Row[], more: number] {
  if (rows.length <= mostRows) return [rows, 0];
  return [rows.toSorted((a, b) => a.robustAccuracy - b.robustAccuracy).slice(0, mostRows), rows.length - mostRows];
}

function rest(more: number, noun: 'class' | 'group', all: number): Part {
  const plural = { class: 'classes', group: 'groups' }[noun];
  return more === 0 ? '' : html`<p class="note">The ${mostRows} worst of ${count(all)} ${plural}; report.json has the other ${count(more)}.</p>`;
}
