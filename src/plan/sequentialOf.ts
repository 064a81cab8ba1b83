import { UserError } from '../core/errors.ts';
import type { Thresholds } from '../evaluate/gates/thresholds.ts';
import type { ScanRequest } from './plan.ts';

/** Whether the scan ends as soon as it can be judged; refuses beside it what has no answer then, or one that time decides. */
export function sequentialOf(request: ScanRequest, thresholds: Thresholds): boolean {
  const { sequential = false, scanBefore, shard, saveExamples = 0, skipUnreadable = false } = request;
  if (!sequential) return false;
  const { robust = {}, ...others } = thresholds;
  const asked = [...Object.values(robust), ...Object.values(others)].some((threshold) => threshold !== undefined);
  if (!asked && !scanBefore) throw new UserError('sequential: expected a threshold, such as atLeast, which says when it may stop, found none');
  if (shard !== undefined) throw new UserError('sequential: expected without shard, as only all examples have an order in which to stop');
  if (saveExamples > 0) throw new UserError('sequential: expected without saveExamples, as it is not known beforehand which examples come to count: gallery shows some of those');
  if (skipUnreadable) throw new UserError('sequential: expected without skipUnreadable, as the examples after the last one that counts are not all read');
  return true;
}
