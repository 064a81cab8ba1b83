import type { Dataset } from '../src/core/dataset.ts';
import { UserError } from '../src/core/errors.ts';
import { randomOf } from '../src/core/random.ts';
import type { Sample } from '../src/core/sample.ts';

/** Which examples, in which order: shuffled first, then `offset` skipped, then at most `limit`. */
export interface Selection {
  readonly limit?: number;
  readonly offset?: number;
  readonly shuffle?: boolean;
  /** Of the shuffle; 0 unless given. */
  readonly seed?: number;
}

/** Streams the selected examples. Their ids stay their positions in the reader's own order. */
export function select(dataset: Dataset, selection: Selection): AsyncIterable<Sample> {
  const { limit = dataset.count, offset = 0, shuffle = false, seed = 0 } = selection;
  if (!Number.isInteger(limit) || limit < 1) throw new UserError(`limit: expected a whole number from 1, found ${limit}`);
  if (!Number.isInteger(offset) || offset < 0 || offset >= dataset.count) {
    throw new UserError(`offset: expected a whole number from 0 to ${dataset.count - 1} (${dataset.spec}), found ${offset}`);
  }
  const end = Math.min(dataset.count, offset + limit);
  if (!shuffle) return range(dataset, offset, end);
  return inOrder(dataset, permutation(dataset.count, end, seed).subarray(offset, end));
}

async function* range(dataset: Dataset, from: number, to: number): AsyncGenerator<Sample> {
  for await (const sample of dataset.read((id) => id >= from && id < to)) {
    if (sample.id >= to) return;
    if (sample.id >= from) yield sample;
    if (sample.id + 1 === to) return;
  }
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
