import type { Comparison, ComparisonVerdict } from '../../core/comparison.ts';
import type { Gate, RobustnessReport } from '../../core/report.ts';
import { verdictOf } from '../../evaluate/verdict.ts';

/** What was lost since the baseline, as one more gate of a report, whose verdict then counts it too. */
export function withRegression(report: RobustnessReport, comparison: Comparison): RobustnessReport {
  const gate = regressionGate(comparison);
  if (!gate) return report;
  const gates = [...report.gates, gate];
  return { ...report, gates, confidence: comparison.confidence, verdict: verdictOf(gates, report.checks) };
}

const statuses: Readonly<Record<Exclude<ComparisonVerdict, 'measured'>, Gate['status']>> = { held: 'held', regressed: 'missed', inconclusive: 'inconclusive' };

function regressionGate({ gate, verdict }: Comparison): Gate | undefined {
  if (!gate || verdict === 'measured') return undefined;
  return {
    id: 'regression',
    bound: 'at-most',
    threshold: gate.maxRegression,
    figure: gate.regression,
    interval: [gate.lower, gate.upper],
    status: statuses[verdict],
    ...(gate.samplesToDecide !== undefined && { samplesToDecide: gate.samplesToDecide }),
  };
}
