import { join } from 'node:path';
import { selectedIds } from '../../../datasets/index.ts';
import { unknownName, UserError } from '../../core/errors.ts';
import type { RobustnessReport } from '../../core/report.ts';
import type { GalleryItem } from '../../core/result.ts';
import { Aggregator } from '../../evaluate/aggregator.ts';
import { exactBounds } from '../../evaluate/gates/shareBounds.ts';
import type { Thresholds } from '../../evaluate/gates/thresholds.ts';
import { RecordFile } from '../../evaluate/records.ts';
import { removeComparison, writeReports } from '../../report/write.ts';
import type { Facts } from '../facts.ts';
import { galleryChoice, withinRoom } from '../gallery/galleryChoice.ts';
import type { Broken } from '../gallery/galleryChoice.ts';
import { readGallery, writeGallery } from '../gallery/galleryFile.ts';
import { HashOfHashes } from '../hashOfHashes.ts';
import type { Identity } from '../records/identity.ts';
import { mergedFacts } from './mergedFacts.ts';
import { OutFolder } from '../records/outFolder.ts';
import { attackOf, knowledgeOf } from '../attacks/plannedAttacks.ts';
import { reportOf } from '../report.ts';
import type { Asked } from '../report.ts';
import type { FinishedShard } from './shardFile.ts';
import { shardsIn } from './shardsIn.ts';
import { confidenceOf, thresholdsOf } from '../thresholds.ts';

export interface MergeRequest {
  /** The folders of all shards of one scan, in any order. */
  readonly shards: readonly string[];
  /** The folder of the scan that they make up, like that of one in a single piece. */
  readonly out: string;
  /** As a scan takes it. */
  readonly atLeast?: number;
  /** As a scan takes them. */
  readonly thresholds?: Thresholds;
  /** Of the intervals that are held against the thresholds. Default: 0.95. */
  readonly confidence?: number;
}

/** Makes one scan of its shards: the report is, but for timings, what a scan in a single piece would have come to. */
export async function merge(request: MergeRequest): Promise<RobustnessReport> {
  checkNames(request);
  const shards = shardsIn(request.shards);
  const [{ identity }] = shards as [FinishedShard];
  const facts = mergedFacts(shards.map((shard) => shard.facts) as [Facts, ...Facts[]]);
  const asked = askedOf(request, identity, facts);
  const bounds = await exactBounds();
  const out = new OutFolder(request.out);
  try {
    const { records, engine } = out.begin({ identity, engine: facts.engine });
    const { aggregator, sha256 } = recordsInto(records, shards, aggregatorOf(identity, facts));
    const seconds = shards.reduce((sum, { report }) => sum + report.seconds, 0);
    const report = timed(reportOf({ facts: { ...facts, engine }, aggregator, sha256, bounds, seconds }, asked), shards);
    removeComparison(request.out); // of the report that was here
    writeGallery(request.out, galleryOf(shards, aggregator.broken(), identity));
    await writeReports(request.out, [{ report }], ['json']);
    return report;
  } catch (error) {
    if (error instanceof UserError) out.discard();
    throw error;
  } finally {
    out.close();
  }
}

const fields: Readonly<Record<keyof MergeRequest, true>> = { shards: true, out: true, atLeast: true, thresholds: true, confidence: true };

/** A misspelt field would be a silent default. */
function checkNames(request: MergeRequest): void {
  const unknown = Object.keys(request).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) throw unknownName('field of a merge', unknown, Object.keys(fields));
}

/** The attacks once each, where they were run at several epsilons. */
function askedOf({ atLeast, thresholds, confidence }: MergeRequest, { attacks, labels }: Identity, { request: { groups } }: Facts): Asked {
  const planned = attacks.map(attackOf).map((attack) => ({ ...attack, label: attack.series ?? attack.label }));
  const once = planned.filter(({ label }, at) => planned.findIndex((other) => other.label === label) === at);
  const wanted = { labels, ...(typeof groups === 'string' && { groups }), ...(atLeast !== undefined && { atLeast }), ...(thresholds && { thresholds }) };
  return { attacks: once, thresholds: thresholdsOf(wanted, once), confidence: confidenceOf(confidence) };
}

function aggregatorOf({ attacks, norm, epsilon, classes, eightBit }: Identity, { epsilons, groups }: Facts): Aggregator {
  return new Aggregator(attacks.map(attackOf), { threat: { norm, epsilon }, epsilons, classes, eightBit, knowledgeOf, ...(groups && { groups }) });
}

/** Every record of the shards, example by example in the order of the whole selection, into the file of all and the figures. */
function recordsInto(all: RecordFile, shards: readonly FinishedShard[], aggregator: Aggregator): { aggregator: Aggregator; sha256: string } {
  const [{ identity, facts, selection, count }] = shards as [FinishedShard];
  const files: RecordFile[] = [];
  const found = shards.map(() => 0);
  const hashes = new HashOfHashes();
  try {
    for (const { folder } of shards) files.push(new RecordFile(join(folder, 'samples.jsonl'), 'refuse', 'read'));
    for (const [place, id] of selectedIds({ spec: facts.dataset.spec, count }, selection).entries()) {
      const at = place % shards.length;
      const records = identity.attacks.flatMap(({ label }) => files[at]?.find(id, label) ?? []);
      const [first] = records;
      if (!first) continue; // left out: unreadable, or in the wanted class already
      if (records.length < identity.attacks.length) throw new UserError(`${files[at]?.path}: lacks an attack's record of example ${id}`);
      for (const record of records) {
        if (!all.find(id, record.attack)) all.append(record);
        aggregator.add(record, 0);
      }
      hashes.add(first.example);
      found[at] = (found[at] ?? 0) + 1;
    }
  } finally {
    for (const file of files) file.close();
  }
  checkCounts(shards, found);
  return { aggregator, sha256: hashes.digest() };
}

/** A shard that was scanned anew after it had ended, and not to its end, has other records than its report counts. */
function checkCounts(shards: readonly FinishedShard[], found: readonly number[]): void {
  const at = shards.findIndex(({ report }, place) => report.dataset.examples !== found[place]);
  const shard = shards[at];
  if (shard) throw new UserError(`${shard.folder}: holds ${found[at]} examples, and report.json in it counts ${shard.report.dataset.examples}: run the shard again to its end`);
}

/** With the seconds of its attacks, which records do not have. */
function timed(report: RobustnessReport, shards: readonly FinishedShard[]): RobustnessReport {
  const seconds = (row: number) => shards.reduce((sum, shard) => sum + (shard.report.attacks[row]?.seconds ?? 0), 0);
  return { ...report, attacks: report.attacks.map((attack, row) => ({ ...attack, seconds: seconds(row) })) };
}

/** Each shard has those of its own that all together may show. */
function galleryOf(shards: readonly FinishedShard[], broken: readonly Broken[], { seed }: Identity): GalleryItem[] | undefined {
  const [{ gallery: count }] = shards as [FinishedShard];
  if (count === 0) return undefined;
  const items = new Map(shards.flatMap(({ folder }) => readGallery(folder) ?? []).map((item) => [item.id, item]));
  const robustBefore = new Set([...items.values()].flatMap(({ id, regressed }) => (regressed ? [id] : [])));
  return withinRoom(galleryChoice(broken, { seed, count, robustBefore }).flatMap(({ id }) => items.get(id) ?? []));
}
