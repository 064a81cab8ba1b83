import type { AttackRow, RobustnessReport } from '../../core/report.ts';
import { worstCaseSeries } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { atLargestEpsilon } from '../atLargestEpsilon.ts';
import { attackCells, outsideCells } from '../attackCells.ts';
import { attackLabels } from '../attackLabels.ts';
import { count, epsilonText, interval, normNames, percent } from '../figures.ts';
import { capital } from './capital.ts';
import { html } from './html.ts';
import type { Html, Part } from './html.ts';
import { named } from './named.ts';
import { rangeBar } from './rangeBar.ts';
import type { Section } from './section.ts';
import { folded, table } from './table.ts';

/** A bar with its interval for the clean figure, each attack, and the worst case. */
export function attacks({ report }: Result): Section {
  const { measure, clean, worstCase, threat } = report;
  const inside = atLargestEpsilon(report);
  const outside = report.attacks.filter(({ norm }) => norm === 'none');
  const rounded = [...inside, ...outside].some(({ robustAccuracy8bit }) => robustAccuracy8bit !== undefined);
  const first: Bar = { name: 'clean', robustAccuracy: clean.accuracy, interval: measure === 'stability' ? undefined : clean.interval, tone: 'calm' };
  const last: Bar = { name: worstCaseSeries, ...worstCase, tone: 'strong' };
  const main = [first, ...inside.map(barOf), ...(inside.length > 0 ? [last] : [])];
  const budget = `${normNames[threat.norm]} epsilon ${epsilonText(threat.epsilon)}`;
  return {
    id: 'attacks',
    title: 'What each attack left',
    lead: `${capital(measure)} at ${budget}, over all examples. The worst case counts an example as lost when any attack in the ball broke it.`,
    body: html`${key(rounded)}${bars(main, rounded, `${capital(measure)} without an attack, under each one, and in the worst case`, report)}${
      outside.length === 0 ? '' : html`<p class="lead">In no ball, and apart from the worst case:</p>${bars(outside.map(barOf), rounded, `${capital(measure)} under attacks that keep to no ball`, report)}`
    }${[folded('Every figure of every attack', cells('At the largest epsilon', attackCells(report))), outsideFigures(report), everyEpsilon(report)]}`,
  };
}

interface Bar extends Pick<AttackRow, 'robustAccuracy'> {
  readonly name: Part;
  readonly interval: readonly [number, number] | undefined;
  readonly robustAccuracy8bit?: number;
  readonly tone?: string;
}

function barOf(row: AttackRow, i: number, rows: readonly AttackRow[]): Bar {
  return { ...row, name: named(attackLabels(rows)[i] ?? row.name) };
}

function bars(rows: readonly Bar[], rounded: boolean, caption: string, { measure }: RobustnessReport): Html {
  return table({
    caption,
    kind: 'bars',
    columns: ['Attack', html`<span class="unseen">As a bar</span>`, capital(measure), '95 % interval', ...(rounded ? ['8-bit'] : [])],
    rows: rows.map(({ name, robustAccuracy, interval: range, robustAccuracy8bit, tone = '' }) => [
      name,
      rangeBar({ value: robustAccuracy, interval: range, mark: robustAccuracy8bit, tone }),
      html`<b>${percent(robustAccuracy)}</b>`,
      range ? interval(range) : 'by definition',
      ...(rounded ? [robustAccuracy8bit === undefined ? '' : percent(robustAccuracy8bit)] : []),
    ]),
    tones: rows.map(({ tone = '' }) => tone),
  });
}

function key(rounded: boolean): Html {
  return html`<p class="key" aria-hidden="true"><span><i class="key-fill"></i>survived</span><span><i class="key-whisker"></i>95 % interval</span>${
    rounded ? html`<span><i class="key-mark"></i>when adversarial images are rounded to 8 bits</span>` : ''
  }</p>`;
}

/** The tables that other reporters show, too. */
function cells(caption: string, [titles = [], ...rows]: readonly (readonly string[])[]): Html {
  return table({
    caption,
    columns: titles.map((title) => title || 'attack'),
    rows: rows.map(([name = '', ...rest]) => [name.startsWith('  ') ? html`<span class="member">${named(name.trim())}</span>` : named(name), ...rest]),
  });
}

function outsideFigures(report: RobustnessReport): Part {
  const outside = outsideCells(report);
  return outside.length === 0 ? '' : folded('Every figure of the attacks in no ball', cells('Attacks in no ball', outside));
}

/** The rows at smaller epsilons; nothing where there is one epsilon. */
function everyEpsilon({ attacks, threat }: RobustnessReport): Part {
  const smaller = attacks.filter(({ epsilon }) => epsilon !== null && epsilon !== threat.epsilon);
  if (smaller.length === 0) return '';
  return folded(
    'What the smaller epsilons took',
    table({
      caption: 'Attacks at smaller epsilons',
      columns: ['Attack', 'Epsilon', 'Left', '95 % interval', 'Queries'],
      rows: smaller.map(({ name, epsilon, robustAccuracy, interval: range, gradientQueries, forwardQueries }) => [
        named(name),
        epsilonText(epsilon ?? NaN),
        percent(robustAccuracy),
        interval(range),
        count(gradientQueries + forwardQueries),
      ]),
    }),
  );
}
