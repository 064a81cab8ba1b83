import type { Comparison, PairedFigure } from '../core/comparison.ts';
import { worstCaseSeries } from '../core/report.ts';
import { aligned } from './aligned.ts';
import { count, epsilonText, percent } from './figures.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';

/** '+2.5', '−0.3', '0.0': percentage points. */
export function points(change: number): string {
  const text = (100 * Math.abs(change)).toFixed(1);
  return Number(text) === 0 ? '0.0' : `${change < 0 ? '−' : '+'}${text}`;
}

/** '+1.2 to +3.8' */
export function pointsInterval([lower, upper]: readonly [number, number]): string {
  return `${points(lower)} to ${points(upper)}`;
}

/** '0.031', '< 0.001'. */
export function pValue(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** '95 %' */
export function level(confidence: number): string {
  return `${Number((100 * confidence).toPrecision(6))} %`;
}

/** Accuracy without an attack, under each one, and under all of them. */
export function accuracyTable(comparison: Comparison, paint: Paint): string {
  const { clean, attacks, worstCase } = comparison;
  const inBall = attacks.filter(({ norm }) => norm !== 'none');
  const outside = attacks.filter(({ norm }) => norm === 'none');
  return aligned([
    titles('', comparison, paint),
    ['clean', ...cells(clean)],
    ...inBall.map((figure) => [printable(figure.attack), ...cells(figure)]),
    ...(worstCase ? [[worstCaseSeries, ...cells(worstCase)].map((cell) => paint('bold', cell))] : []),
    ...outside.map((figure) => [`${printable(figure.attack)} (in no ball)`, ...cells(figure)]),
  ]);
}

/** The worst case of each class, or its clean figure where there is no worst case; '' where labels are the models' own. */
export function classTable(comparison: Comparison, paint: Paint): string {
  const { perClass, dataset, worstCase } = comparison;
  if (!perClass) return '';
  const name = (label: number) => printable(dataset.classNames?.[label] ?? `class ${label}`);
  return aligned([
    titles(worstCase ? worstCaseSeries : 'clean', comparison, paint),
    ...perClass.map(({ label, clean, worstCase }) => [name(label), ...cells(worstCase ?? clean)]),
  ]);
}

/** How the accuracy of both falls as epsilon grows: two lines for each attack; '' where there is one epsilon only. */
export function curvesTable({ curve }: Comparison, paint: Paint): string {
  if (!curve) return '';
  const epsilons = [...new Set(curve.map(({ epsilon }) => epsilon))].sort((a, b) => a - b);
  const series = [...new Set(curve.map(({ attack }) => attack))];
  const line = (attack: string, side: 'before' | 'after') => [
    `${printable(attack)}, ${side}`,
    ...epsilons.map((epsilon) => percent(curve.find((point) => point.attack === attack && point.epsilon === epsilon)?.[side].accuracy ?? NaN)),
  ];
  return aligned([
    ['epsilon', ...epsilons.map(epsilonText)].map((cell) => paint('dim', cell)),
    ...series.flatMap((attack) => [line(attack, 'before'), line(attack, 'after')]),
  ]);
}

function titles(first: string, { confidence }: Comparison, paint: Paint): string[] {
  return [first, 'before', 'after', 'change', `${level(confidence)} interval`, 'won', 'lost', 'p'].map((title) => title && paint('dim', title));
}

function cells({ before, after, change, interval, won, lost, p }: PairedFigure): string[] {
  return [percent(before.accuracy), percent(after.accuracy), points(change), pointsInterval(interval), count(won), count(lost), pValue(p)];
}
