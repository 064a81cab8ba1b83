import { UserError } from '../../core/errors.ts';
import { firstDifference } from '../records/identity.ts';
import type { Difference } from '../records/identity.ts';
import { epsilonsIn } from './comparableScan.ts';
import type { ComparableIdentity, ComparableScan } from './comparableScan.ts';

/** What must be the same, or the samples are no pairs, and is known before they are. Paths, models and engines may differ. */
function askedIn({ labels, target, norm, epsilon, bounds, columns, attacks, seed, straightThrough }: ComparableIdentity): object {
  return { labels, target, norm, epsilon, bounds, columns, attacks, seed, straightThrough };
}

/** The same of what is known afterwards. The samples of a sequential scan are its own: each is looked up in the other. */
function foundIn({ report }: ComparableScan, sequential: boolean): object {
  const { examples, sha256 } = report.dataset;
  return { epsilons: epsilonsIn(report), ...(!sequential && { examples, data: sha256 }) };
}

type Known = Pick<ComparableScan, 'name' | 'identity'>;

/** Throws, in one line, where a scan that begins will not be comparable with an earlier one. */
export function checkAlike(before: Known, after: Known): void {
  refuse(before, after, firstDifference(askedIn(before.identity), askedIn(after.identity)));
}

/** Throws, in one line, where two scans cannot be compared sample by sample. */
export function checkComparable(before: ComparableScan, after: ComparableScan): void {
  checkAlike(before, after);
  if (before.report.sequential?.stopped) throw new UserError(`${before.name}: expected a scan of all examples to compare with, found a sequential one that has stopped`);
  const sequential = after.report.sequential !== undefined;
  refuse(before, after, firstDifference(foundIn(before, sequential), foundIn(after, sequential)));
}

function refuse(before: Known, after: Known, difference: Difference | undefined): void {
  if (!difference) return;
  const [there, here] = [difference.there, difference.here].map((value) => JSON.stringify(value) ?? 'absent');
  throw new UserError(`${before.name} and ${after.name} cannot be compared: ${difference.field} is ${there} in the first, ${here} in the second`);
}

/** What may move an outcome though the model is the same: one line each. */
export function warningsOf({ report: before }: ComparableScan, { report: after }: ComparableScan): string[] {
  const facts: readonly [what: string, before: string, after: string][] = [
    ['breakwater', before.tool.version, after.tool.version],
    ['engine', `${before.engine.name} ${before.engine.version}`, `${after.engine.name} ${after.engine.version}`],
    ['processor', before.engine.processor ?? 'unknown', after.engine.processor ?? 'unknown'],
  ];
  const differing = facts
    .filter(([, one, other]) => one !== other)
    .map(([what, one, other]) => `another ${what}: ${one} before, ${other} after; some outcomes at the very edge may differ for that alone`);
  return after.sequential ? [...differing, sequentially] : differing;
}

const sequentially =
  'the scan after was sequential: what it lost is judged by an interval that holds whenever it ends, and every other interval and p-value here is for a number of samples fixed beforehand';
