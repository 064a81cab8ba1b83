import type { Gate, GateId, RobustnessReport } from '../core/report.ts';
import { count, interval, percent } from './figures.ts';
import { level } from './comparisonCells.ts';

type Subject = Pick<RobustnessReport, 'measure' | 'dataset' | 'confidence'>;

/** What a gate is about: 'worst-case accuracy', 'accuracy under pgd(steps=40)'. */
export function gateTitle({ id, attack }: Gate, { measure }: Pick<RobustnessReport, 'measure'>): string {
  const titles: Readonly<Record<GateId, string>> = {
    clean: `clean ${measure}`,
    robust: `${measure} under ${attack ?? 'attack'}`,
    'worst-case': `worst-case ${measure}`,
    'worst-class': `worst-case ${measure} of the worst class`,
    'class-gap': `gap in worst-case ${measure} between classes`,
    'worst-group': `worst-case ${measure} of the worst group`,
    'group-gap': `gap in worst-case ${measure} between groups`,
    regression: `worst-case ${measure} lost since the baseline`,
  };
  return titles[id];
}

/** 'at least 40.0 %' */
export function gateBound({ bound, threshold }: Gate): string {
  return `${bound.replace('-', ' ')} ${percent(threshold)}`;
}

/** '3.2 %, 95 % interval 2.5–4.1 %', and of which class or group. */
function gateFigure(gate: Gate, report: Subject): string {
  const where = gateWhere(gate, report);
  const subject = where === '' ? '' : ` (${where})`;
  return `${percent(gate.figure)}${subject}, ${level(report.confidence ?? 0.95)} interval ${interval(gate.interval)}`;
}

/** The class or group that the figure is of, or the two that it lies between; '' where it is of all. */
export function gateWhere({ where = [] }: Gate, { dataset }: Pick<RobustnessReport, 'dataset'>): string {
  return where.map((one) => (typeof one === 'string' ? one : (dataset.classNames?.[one] ?? `class ${one}`))).join(' and ');
}

/** One line: the figure, what was asked, what came of it, and how many samples would decide where nothing did. */
export function gateLine(gate: Gate, report: Subject): string {
  const more = gate.samplesToDecide === undefined ? '' : `; ${count(gate.samplesToDecide)} examples with the same shares would decide`;
  return `${gateTitle(gate, report)}: ${gateFigure(gate, report)}; asked for ${gateBound(gate)}: ${gate.status}${more}`;
}
