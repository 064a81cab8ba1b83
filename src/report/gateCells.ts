import type { Gate, RobustnessReport } from '../core/report.ts';
import { level } from './comparisonCells.ts';
import { count, interval, percent } from './figures.ts';
import { gateBound, gateWhere } from './gateText.ts';

/** Titles, then a line for each gate: what was asked, the figure, its interval, what came of it and what there is to say about that; [] where nothing was asked. */
export function gateCells(report: RobustnessReport): string[][] {
  const { gates, confidence = 0.95 } = report;
  if (gates.length === 0) return [];
  const lines = gates.map((gate) => [gateName(gate, report), gateBound(gate), percent(gate.figure), interval(gate.interval), gate.status, remark(gate, report)]);
  const remarks = lines.some((line) => line.at(-1) !== '');
  const titles = ['gate', 'asked for', 'figure', `${level(confidence)} interval`, 'status', ''];
  return [titles, ...lines].map((line) => (remarks ? line : line.slice(0, -1)));
}

/** 'pgd(steps=40)', 'worst class: Shirt'. */
function gateName(gate: Gate, report: RobustnessReport): string {
  const where = gateWhere(gate, report);
  return `${gate.attack ?? gate.id.replace('-', ' ')}${where === '' ? '' : `: ${where}`}`;
}

/** How many are named. */
const most = 5;

function remark(gate: Gate, report: RobustnessReport): string {
  const { status, samplesToDecide, below = [] } = gate;
  if (status === 'inconclusive') return samplesToDecide === undefined ? 'more examples with the same shares would not decide' : `${count(samplesToDecide)} examples would decide`;
  if (below.length < 2) return '';
  const names = below.slice(0, most).map((where) => gateWhere({ ...gate, where: [where] }, report));
  return `below: ${names.join(', ')}${below.length > most ? `, and ${below.length - most} more` : ''}`;
}
