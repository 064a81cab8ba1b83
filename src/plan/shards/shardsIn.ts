import { UserError } from '../../core/errors.ts';
import { firstDifference } from '../records/identity.ts';
import { shardText } from './shard.ts';
import { finishedShard } from './shardFile.ts';
import type { FinishedShard } from './shardFile.ts';

/** Opens the folders of all shards of one scan, in any order, and gives them in theirs. Throws, in one line, where they are not that. */
export function shardsIn(folders: readonly string[]): FinishedShard[] {
  const shards = folders.map(finishedShard).sort((a, b) => a.shard.index - b.shard.index);
  const [first, ...others] = shards;
  if (!first) throw new UserError('shards: expected the folders of all shards of a scan, found none');
  for (const other of others) checkSame(first, other);
  for (const [at, { shard, folder }] of shards.entries()) {
    const next = shards[at + 1];
    if (next?.shard.index === shard.index) throw new UserError(`${folder} and ${next.folder}: expected each shard once, found ${shardText(shard)} in both`);
  }
  const { of } = first.shard;
  const missing = Array.from({ length: of }, (_, at) => at + 1).filter((index) => !shards.some(({ shard }) => shard.index === index));
  if (missing.length === 0) return shards;
  throw new UserError(`expected all ${of} shards, found ${shards.length}: ${missing.map((index) => shardText({ index, of })).join(', ')} missing`);
}

function checkSame(first: FinishedShard, other: FinishedShard): void {
  const difference = firstDifference(common(first), common(other));
  if (!difference) return;
  const [there, here] = [difference.there, difference.here].map((value) => JSON.stringify(value) ?? 'absent');
  throw new UserError(`${first.folder} and ${other.folder} are not of one scan: ${difference.field} is ${there} in the first, ${here} in the second`);
}

/** What all shards of a scan have in common. They may run on other machines. */
function common({ identity, shard: { of }, selection, count, gallery, facts }: FinishedShard): object {
  const { engine: _engine, dataset, request: { shard: _shard, ...request }, ...same } = facts;
  return { shards: of, ...identity, selection, count, gallery, ...same, request, classNames: dataset.classNames };
}
