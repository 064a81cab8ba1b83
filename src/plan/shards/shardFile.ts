import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Selection, Shard } from '../../../datasets/index.ts';
import { UserError } from '../../core/errors.ts';
import { replaceFile } from '../../core/replaceFile.ts';
import { asJson } from '../../report/json.ts';
import type { Facts } from '../facts.ts';
import { finishedScan } from '../records/finishedScan.ts';
import type { FinishedScan } from '../records/finishedScan.ts';
import type { Plan } from '../plan.ts';
import { savedJson } from '../records/savedJson.ts';
import type { Subject } from '../subject.ts';

/** What a shard leaves beside its records when it ends, for a report of all shards. */
export interface ShardEnd {
  readonly shard: Shard;
  /** Of all shards. */
  readonly selection: Selection;
  /** Examples of the dataset, before any selection. */
  readonly count: number;
  /** Broken examples to show. */
  readonly gallery: number;
  readonly facts: Facts;
}

export interface FinishedShard extends ShardEnd, Pick<FinishedScan, 'report' | 'identity'> {
  readonly folder: string;
}

const pathIn = (folder: string): string => join(folder, 'shard.json');

export function shardEnd({ selection, gallery }: Plan, shard: Shard, { dataset: { count } }: Subject, facts: Facts): ShardEnd {
  return { shard, selection, count, gallery, facts };
}

export function writeShard(folder: string, end: ShardEnd): void {
  try {
    replaceFile(pathIn(folder), asJson({ schemaVersion: 1, ...end }));
  } catch (cause) {
    throw new UserError(`${pathIn(folder)}: cannot be written: ${(cause as Error).message}`, { cause });
  }
}

const whole = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));
/** What is named in a schema would come first, and the report is to have its fields in their order. */
const there = v.looseObject({});
const schema = v.looseObject({
  schemaVersion: v.literal(1),
  shard: v.object({ index: whole(1), of: whole(1) }),
  selection: v.looseObject({ limit: v.optional(whole(1)), offset: v.optional(whole(0)), shuffle: v.optional(v.boolean()), seed: v.number() }),
  count: whole(1),
  gallery: whole(0),
  facts: v.looseObject({
    ...{ tool: there, measure: v.string(), model: there, threat: there, engine: there, request: there, first: there },
    dataset: v.looseObject({ spec: v.string() }),
    epsilons: v.array(v.number()),
  }),
});

/** Opens the folder of a shard that has ended. */
export function finishedShard(folder: string): FinishedShard {
  const { report, identity } = finishedScan(folder);
  const path = pathIn(folder);
  if (!existsSync(path)) throw new UserError(`${folder}: expected a shard, what scan --shard K/N makes, found a whole scan`);
  const { schemaVersion, ...end } = savedJson(path, schema, 'what a shard ended with');
  return { folder, report, identity, ...(end as unknown as ShardEnd) };
}
