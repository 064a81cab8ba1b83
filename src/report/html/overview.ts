import type { Verdict } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { atLargestEpsilon } from '../atLargestEpsilon.ts';
import { caveat } from '../caveat.ts';
import { count, counted, percent } from '../figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { named } from './named.ts';
import { rangeBar } from './rangeBar.ts';
import { badge, shapeOf, toneOf, wordOf } from './status.ts';
import { table } from './table.ts';

/** As the exit code goes: what cannot be vouched for is no pass, and what is below is worse. */
const worstFirst: readonly Verdict[] = ['missed', 'inconclusive', 'held', 'measured'];

/** All scenarios at a glance, and the way to each. */
export function overview(results: readonly Result[], idOf: (i: number) => string): Html {
  const verdicts = results.map(({ report }) => report.verdict);
  const status = worstFirst.find((verdict) => verdicts.includes(verdict)) ?? 'measured';
  const told = worstFirst.filter((verdict) => verdicts.includes(verdict)).map((verdict) => `${count(verdicts.filter((one) => one === verdict).length)} ${wordOf(verdict).toLowerCase()}`);
  return html`<div class="verdict tone-${toneOf(status)}"><div class="said-verdict">${shapeOf(status)}<div><p class="word">${wordOf(status)}</p><p class="sentence">${counted(results.length, 'scenario')}: ${told.join(', ')}.</p><p class="caveat">${caveat}</p></div></div></div>
${table({
  kind: 'bars gates',
  caption: 'All scenarios',
  columns: ['Scenario', 'Verdict', 'Clean', html`<span class="unseen">Worst case as a bar</span>`, 'Worst case', 'Gates held'],
  rows: results.map((result, i) => row(result, i, idOf)),
})}`;
}

function row({ name, report }: Result, i: number, idOf: (i: number) => string) {
  const { clean, worstCase } = report;
  const held = report.gates.filter((gate) => gate.status === 'held').length;
  const attacked = atLargestEpsilon(report).length > 0;
  return [
    html`<a href="#${idOf(i)}">${named(name ?? `scenario ${i + 1}`)}</a>`,
    badge(report.verdict),
    percent(clean.accuracy),
    attacked ? rangeBar({ value: worstCase.robustAccuracy, interval: worstCase.interval, tone: 'strong' }) : '',
    attacked ? html`<b>${percent(worstCase.robustAccuracy)}</b>` : '',
    report.gates.length === 0 ? '' : `${count(held)} of ${count(report.gates.length)}`,
  ];
}
