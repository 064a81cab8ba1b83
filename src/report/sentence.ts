import type { Gate, RobustnessReport } from '../core/report.ts';
import { attackLabels } from './attackLabels.ts';
import { atLargestEpsilon } from './atLargestEpsilon.ts';
import { epsilonsIn } from './epsilonsIn.ts';
import { count, counted, epsilonText, interval, listed, normNames, percent, targetName } from './figures.ts';
import { gateBound, gateTitle } from './gateText.ts';

/** The result in words: what survived which attacks at which budget. Never 'is robust': a stronger attack may exist. */
export function sentence(report: RobustnessReport): string {
  return [`${survival(report)}; ${baseline(report)}.`, ...stop(report), verdict(report)].join(' ').trim();
}

/** Of a sequential scan: where it ended. */
function stop({ sequential }: RobustnessReport): string[] {
  if (!sequential) return [];
  const { stopped, samples, of } = sequential;
  return [stopped ? `Stopped after ${count(samples)} of ${counted(of, 'example')}: settled.` : `Not settled before the last of ${counted(samples, 'example')}.`];
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
  switch (report.verdict) {
    case 'measured':
      return '';
    case 'held':
      return `Held: ${asked(report, 'held')}.`;
    case 'missed':
      return `Missed: ${asked(report, 'missed')}.`;
    case 'inconclusive':
      return `Inconclusive: ${doubt(report)}.`;
    default:
      return report.verdict satisfies never;
  }
}

/** The table has them all. */
const mostGates = 3;

/** Those of the gates, and what was asked of each: 'worst-case accuracy at least 40.0 %'. */
function asked(report: RobustnessReport, status: Gate['status']): string {
  const gates = report.gates.filter((gate) => gate.status === status);
  if (gates.length > mostGates) return `${gates.length} of ${report.gates.length} thresholds`;
  return listed(gates.map((gate) => `${gateTitle(gate, report)} ${gateBound(gate)}`));
}

/** Why the figures cannot be vouched for. */
function doubt(report: RobustnessReport): string {
  const errors = report.attacks.reduce((sum, row) => sum + row.errors, 0);
  if (errors > 0) return `${counted(errors, 'result')} ended in an error`;
  const failed = report.checks.filter(({ status }) => status === 'fail').map(({ title }) => title);
  if (failed.length > 0) return `${counted(failed.length, 'check')} failed (${failed.join('; ')})`;
  return `the examples do not decide ${asked(report, 'inconclusive')}; more would narrow the intervals`;
}
