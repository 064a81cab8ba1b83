import type { Comparison, PairedFigure } from '../core/comparison.ts';
import { worstCaseSeries } from '../core/report.ts';
import { count, epsilonText, percent } from './figures.ts';

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

/** Titles, then the accuracy without an attack, under each one, and under all of them. Names as they are. */
export function accuracyCells(comparison: Comparison): string[][] {
  const { clean, attacks, worstCase } = comparison;
  const inBall = attacks.filter(({ norm }) => norm !== 'none');
  const outside = attacks.filter(({ norm }) => norm === 'none');
  return [
    titles('', comparison),
    ['clean', ...cells(clean)],
    ...inBall.map((figure) => [figure.attack, ...cells(figure)]),
    ...(worstCase ? [[worstCaseSeries, ...cells(worstCase)]] : []),
    ...outside.map((figure) => [`${figure.attack} (in no ball)`, ...cells(figure)]),
  ];
}

/** The worst case of each class, or its clean figure where there is no worst case; [] where labels are the models' own. */
export function classCells(comparison: Comparison): string[][] {
  const { perClass, dataset, worstCase } = comparison;
  if (!perClass) return [];
  return [
    titles(worstCase ? worstCaseSeries : 'clean', comparison),
    ...perClass.map(({ label, clean, worstCase }) => [dataset.classNames?.[label] ?? `class ${label}`, ...cells(worstCase ?? clean)]),
  ];
}

/** How the accuracy of both falls as epsilon grows: two lines for each attack; [] where there is one epsilon only. */
export function curvesCells({ curve }: Comparison): string[][] {
  if (!curve) return [];
  const epsilons = [...new Set(curve.map(({ epsilon }) => epsilon))].sort((a, b) => a - b);
  const series = [...new Set(curve.map(({ attack }) => attack))];
  const line = (attack: string, side: 'before' | 'after') => [
    `${attack}, ${side}`,
    ...epsilons.map((epsilon) => percent(curve.find((point) => point.attack === attack && point.epsilon === epsilon)?.[side].accuracy ?? NaN)),
  ];
  return [['epsilon', ...epsilons.map(epsilonText)], ...series.flatMap((attack) => [line(attack, 'before'), line(attack, 'after')])];
}

function titles(first: string, { confidence }: Comparison): string[] {
  return [first, 'before', 'after', 'change', `${level(confidence)} interval`, 'won', 'lost', 'p'];
}

function cells({ before, after, change, interval, won, lost, p }: PairedFigure): string[] {
  return [percent(before.accuracy), percent(after.accuracy), points(change), pointsInterval(interval), count(won), count(lost), pValue(p)];
}
