import type { Comparison, RegressionGate } from '../core/comparison.ts';
import { count, counted } from './figures.ts';
import { level, points, pointsInterval, pValue } from './comparisonCells.ts';

/** The comparison in words, and what they mean for the gate. */
export function comparisonSentence(comparison: Comparison): string {
  const { clean, worstCase, gate } = comparison;
  const figure = worstCase ?? clean;
  const what = worstCase ? 'survived every attack' : 'were right without an attack';
  const counts = `${count(figure.before.correct)} of ${counted(figure.total, 'example')} ${what} before, ${count(figure.after.correct)} after`;
  const change = `${points(figure.change)} points, ${level(comparison.confidence)} interval ${pointsInterval(figure.interval)}`;
  const pairs = `${count(figure.won)} won, ${count(figure.lost)} lost`;
  return [`${counts} (${change}): ${pairs}.`, ...(gate ? [answer(comparison, gate)] : [])].join(' ');
}

function answer(comparison: Comparison, gate: RegressionGate): string {
  const allowed = `${points(gate.maxRegression).replace('+', '')} points`;
  switch (comparison.verdict) {
    case 'held':
      return `Held: less than the ${allowed} that may be lost were lost, by the whole interval.`;
    case 'regressed':
      return `Regressed: more than the ${allowed} that may be lost were lost, ${gate.p === undefined ? 'by the whole interval' : `and not by chance (p ${pValue(gate.p).replace(/^(?!<)/, '= ')})`}.`;
    case 'inconclusive':
      return `Inconclusive: ${doubt(comparison, gate, allowed)}.`;
    case 'measured':
      return '';
    default:
      return comparison.verdict satisfies never;
  }
}

function doubt({ before, after }: Comparison, { samplesToDecide }: RegressionGate, allowed: string): string {
  if (samplesToDecide !== undefined) return `${allowed} may or may not have been lost; ${count(samplesToDecide)} examples with the same shares would decide`;
  const failed = [...new Set([...before.failedChecks, ...after.failedChecks].map(({ title }) => title))];
  if (failed.length > 0) return `${counted(failed.length, 'check')} failed (${failed.join('; ')})`;
  return `the ${allowed} that may be lost are what was lost, and no number of examples with the same shares would decide`;
}
