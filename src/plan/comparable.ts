import { UserError } from '../core/errors.ts';
import { firstDifference } from './identity.ts';
import type { FinishedScan } from './finishedScan.ts';

/** What must be the same, or the samples are no pairs. Paths, models and engines may differ. Labels and target choose the examples. */
function paired({ report, identity }: FinishedScan): object {
  const { dataset, measure, curve } = report;
  const { seed, norm, epsilon, bounds, columns, target, attacks } = identity;
  return {
    labels: measure === 'stability' ? 'predicted' : 'given',
    target,
    data: dataset.sha256,
    norm,
    epsilon,
    epsilons: curve ? [...new Set(curve.map((point) => point.epsilon))] : [epsilon],
    bounds,
    columns,
    attacks,
    seed,
  };
}

/** Throws, in one line, where two scans cannot be compared sample by sample. */
export function checkComparable(before: FinishedScan, after: FinishedScan): void {
  const difference = firstDifference(paired(before), paired(after));
  if (!difference) return;
  const [there, here] = [difference.there, difference.here].map((value) => JSON.stringify(value) ?? 'absent');
  throw new UserError(`${before.folder} and ${after.folder} cannot be compared: ${difference.field} is ${there} in the first, ${here} in the second`);
}

/** What may move an outcome though the model is the same: one line each. */
export function warningsOf({ report: before }: FinishedScan, { report: after }: FinishedScan): string[] {
  const facts: readonly [what: string, before: string, after: string][] = [
    ['breakwater', before.tool.version, after.tool.version],
    ['engine', `${before.engine.name} ${before.engine.version}`, `${after.engine.name} ${after.engine.version}`],
    ['processor', before.engine.processor ?? 'unknown', after.engine.processor ?? 'unknown'],
  ];
  return facts
    .filter(([, one, other]) => one !== other)
    .map(([what, one, other]) => `another ${what}: ${one} before, ${other} after; some outcomes at the very edge may differ for that alone`);
}
