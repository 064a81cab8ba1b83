import type { Gate, RobustnessReport } from '../../core/report.ts';
import type { Result } from '../../core/result.ts';
import { level } from '../comparisonCells.ts';
import { interval, percent } from '../figures.ts';
import { gateCells } from '../gateCells.ts';
import { gateBound, gateTitle, gateWhere } from '../gateText.ts';
import { capital } from './capital.ts';
import { html } from './html.ts';
import type { Part } from './html.ts';
import { named, spoken } from './named.ts';
import { rangeBar } from './rangeBar.ts';
import type { Section } from './section.ts';
import { badge } from './status.ts';
import { table } from './table.ts';

/** What was asked of the figures, and on which side of it each interval lies. */
export function gates({ report }: Result): Section | undefined {
  const { gates: asked } = report;
  const remarks = gateCells(report).slice(1).map((cells) => cells[5] ?? '');
  if (asked.length === 0) return undefined;
  return {
    id: 'gates',
    title: 'Gates',
    lead: `A gate holds when the examples put the figure on the right side of its threshold at ${level(report.confidence ?? 0.95)} confidence, and is missed when they put it on the wrong side; else they do not decide.${report.sequential ? ' Intervals hold whenever the scan ends.' : ''}`,
    body: table({
      kind: 'bars gates',
      caption: 'Thresholds asked for, and the figures',
      columns: ['Gate', 'Result', html`<span class="unseen">As a bar</span>`, 'Figure', 'Interval'],
      rows: asked.map((gate, i) => row(gate, report, remarks[i] ?? '')),
    }),
  };
}

function row(gate: Gate, report: RobustnessReport, remark: string): Part[] {
  const where = gateWhere(gate, report);
  const domain = domainOf(gate);
  return [
    html`${named(capital(gateTitle(gate, report)))}<small>${gateBound(gate)}${where === '' ? '' : html`; ${named(where)}`}</small>`,
    html`${badge(gate.status)}${remark === '' ? '' : html`<small>${spoken(remark)}</small>`}`,
    rangeBar({ value: gate.figure, interval: gate.interval, threshold: gate.threshold, ...(domain && { domain }), tone: gate.status === 'missed' ? 'missed' : '' }),
    html`<b>${percent(gate.figure)}</b>`,
    interval(gate.interval),
  ];
}

/** A loss may be a gain, and is small: its bar is drawn around nothing. */
function domainOf({ id, interval: [lower, upper], threshold }: Gate): [number, number] | undefined {
  if (id !== 'regression') return undefined;
  const widest = 1.15 * Math.max(Math.abs(lower), Math.abs(upper), Math.abs(threshold), 0.01);
  return [-widest, widest];
}
