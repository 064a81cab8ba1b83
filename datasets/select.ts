import type { Dataset } from '../src/core/dataset.ts';
import { UserError } from '../src/core/errors.ts';
import { randomOf } from '../src/core/random.ts';
import type { Sample } from '../src/core/sample.ts';

/** One of `of` parts, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Which examples, in which order: shuffled first, then `offset` skipped, then at most `limit`. */
export interface Selection {
  readonly limit?: number;
  readonly offset?: number;
  readonly shuffle?: boolean;
  /** Of the shuffle; 0 unless given. */
  readonly seed?: number;
  /** Shuffled ones are read a part at a time, each twice as large as the one before: not all may be needed. */
  readonly piecemeal?: boolean;
  /** Of all these, every `of`-th, from the `index`-th on. */
  readonly shard?: Shard;
}

/** Streams the selected examples. Their ids stay their positions in the reader's own order. */
export function select(dataset: Dataset, selection: Selection): AsyncIterable<Sample> {
  if (!selection.shuffle) return everyOf(dataset, placesOf(dataset, selection));
  const ids = selectedIds(dataset, selection);
  return selection.piecemeal ? partByPart(dataset, ids) : inOrder(dataset, ids);
}

/** Their ids, in their order, with those of examples that cannot be read. */
export function selectedIds(dataset: Pick<Dataset, 'spec' | 'count'>, selection: Selection): Uint32Array {
  const { from, to, step } = placesOf(dataset, selection);
  const ids = selection.shuffle ? permutation(dataset.count, to, selection.seed ?? 0) : undefined;
  return Uint32Array.from({ length: Math.ceil(Math.max(0, to - from) / step) }, (_, i) => ids?.[from + i * step] ?? from + i * step);
}

/** Places in the order after the shuffle. */
interface Places {
  readonly from: number;
  /** Not among them. */
  readonly to: number;
  readonly step: number;
}

function placesOf({ count, spec }: Pick<Dataset, 'spec' | 'count'>, { limit = count, offset = 0, shard = { index: 1, of: 1 } }: Selection): Places {
  if (!Number.isInteger(limit) || limit < 1) throw new UserError(`limit: expected a whole number from 1, found ${limit}`);
  if (!Number.isInteger(offset) || offset < 0 || offset >= count) {
    throw new UserError(`offset: expected a whole number from 0 to ${count - 1} (${spec}), found ${offset}`);
  }
  return { from: offset + shard.index - 1, to: Math.min(count, offset + limit), step: shard.of };
}

async function* everyOf(dataset: Dataset, { from, to, step }: Places): AsyncGenerator<Sample> {
  const wanted = (id: number) => id >= from && id < to && (id - from) % step === 0;
  const last = to - 1 - ((to - 1 - from) % step);
  for await (const sample of dataset.read(wanted)) {
    if (sample.id > last) return;
    if (wanted(sample.id)) yield sample;
    if (sample.id === last) return;
  }
}

const firstPart = 256;

async function* partByPart(dataset: Dataset, ids: Uint32Array): AsyncGenerator<Sample> {
  for (let start = 0, length = firstPart; start < ids.length; start += length, length *= 2) yield* inOrder(dataset, ids.subarray(start, start + length));
}

/** The examples with these ids, in this order; holds only the chosen ones that were read before their turn. */
async function* inOrder(dataset: Dataset, ids: Uint32Array): AsyncGenerator<Sample> {
  const chosen = new Set(ids);
  const waiting = new Map<number, Sample>();
  let turn = 0;
  for await (const sample of dataset.read((id) => chosen.has(id))) {
    if (chosen.has(sample.id)) waiting.set(sample.id, sample);
    // One that has been passed without being delivered could not be read.
    for (let next = ids[turn]; next !== undefined && next <= sample.id; next = ids[++turn]) {
      yield* take(waiting, next);
    }
    if (turn === ids.length) return;
  }
  for (const id of ids.subarray(turn)) yield* take(waiting, id);
}

function* take(waiting: Map<number, Sample>, id: number): Generator<Sample> {
  const sample = waiting.get(id);
  if (sample && waiting.delete(id)) yield sample;
}

/** The first `length` places of a seeded permutation of 0 … count − 1 (Fisher-Yates). */
function permutation(count: number, length: number, seed: number): Uint32Array {
  const random = randomOf(seed, 'shuffle');
  const ids = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < length; i++) {
    const j = i + random.integer(count - i);
    const other = ids[j] as number;
    ids[j] = ids[i] as number;
    ids[i] = other;
  }
  return ids;
}
