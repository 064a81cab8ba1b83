import type { Shard } from '../../../datasets/index.ts';
import { UserError } from '../../core/errors.ts';
import type { ScanRequest } from '../plan.ts';

/** Reads `2/4`; refuses beside it what only all shards together can tell. */
export function shardOf(request: ScanRequest): Shard | undefined {
  const { shard, out, checks } = request;
  if (shard === undefined) return undefined;
  const [, index, of] = (/^([1-9]\d*)\/([1-9]\d*)$/.exec(shard) ?? []).map(Number);
  if (index === undefined || of === undefined || index > of) throw new UserError(`shard: expected K/N such as 2/4, the second of four, found '${shard}'`);
  if (out === undefined) throw new UserError('shard: expected together with out, the folder that merge takes, found no folder');
  if (checks === 'full') throw new UserError('checks: expected standard with shard, as survivors are drawn from all shards, found full');
  const judged = (['atLeast', 'thresholds'] as const).find((field) => request[field] !== undefined);
  if (judged !== undefined) throw new UserError(`${judged}: expected without shard, as only all shards together can be judged: give it to merge`);
  return { index, of };
}

export function shardText({ index, of }: Shard): string {
  return `${index}/${of}`;
}
