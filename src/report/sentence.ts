import type { RobustnessReport } from '../core/report.ts';
import { attackLabels } from './attackLabels.ts';
import { atLargestEpsilon } from './atLargestEpsilon.ts';
import { epsilonsIn } from './epsilonsIn.ts';
import { counted, epsilonText, interval, listed, normNames, percent, targetName } from './figures.ts';

/** The result in words: what survived which attacks at which budget. Never 'is robust': a stronger attack may exist. */
export function sentence(report: RobustnessReport): string {
  return [`${survival(report)}; ${baseline(report)}.`, verdict(report)].join(' ').trim();
}

function survival(report: RobustnessReport): string {
  const { clean, threat, worstCase, curve } = report;
  const labels = attackLabels(atLargestEpsilon(report));
  if (labels.length === 0) return 'No attack kept to the ball, so that there is no worst case';
  const survivors = Math.round(worstCase.robustAccuracy * clean.total);
  const share = `${percent(worstCase.robustAccuracy)}, 95 % interval ${interval(worstCase.interval)}`;
  const aim = threat.target === undefined ? '' : ` aimed at ${targetName(threat.target)}`;
  const largest = curve ? ` (the largest of ${epsilonsIn(curve).length})` : '';
  const budget = `${normNames[threat.norm]} epsilon ${epsilonText(threat.epsilon)}${largest}${aim}`;
  const named = labels.length <= mostNamed ? listed(labels) : counted(labels.length, 'attack');
  return `${survivors} of ${counted(clean.total, 'example')} (${share}) survived ${named} at ${budget}`;
}

/** More attacks would drown the figures. */
const mostNamed = 6;

function baseline({ measure, clean }: RobustnessReport): string {
  const without = {
    accuracy: `without an attack the model is right on ${percent(clean.accuracy)}`,
    stability: 'this is stability, as the labels are what the model itself says without an attack',
  };
  return without[measure];
}

function verdict(report: RobustnessReport): string {
  const floor = report.atLeast === undefined ? '' : percent(report.atLeast);
  switch (report.verdict) {
    case 'measured':
      return '';
    case 'held':
      return `The floor of ${floor} held: the whole interval is above it.`;
    case 'missed':
      return `The floor of ${floor} was missed: the whole interval is below it.`;
    case 'inconclusive':
      return `Inconclusive: ${doubt(report, floor)}.`;
    default:
      return report.verdict satisfies never;
  }
}

/** Why the figure cannot be vouched for. */
function doubt({ checks, attacks }: RobustnessReport, floor: string): string {
  const errors = attacks.reduce((sum, row) => sum + row.errors, 0);
  if (errors > 0) return `${counted(errors, 'result')} ended in an error`;
  const failed = checks.filter(({ status }) => status === 'fail').map(({ title }) => title);
  if (failed.length > 0) return `${counted(failed.length, 'check')} failed (${failed.join('; ')})`;
  return `the floor of ${floor} lies inside the interval; more examples would narrow it`;
}
